#pragma once

// Everything for tests of an application but what counts and fails allocations, which has a library of its own:
// gyre/testing/allocation.hpp.

#include <gyre/testing/answer.hpp>
#include <gyre/testing/client.hpp>
#include <gyre/testing/connection.hpp>
#include <gyre/testing/failure.hpp>
#include <gyre/testing/operation_faults.hpp>
#include <gyre/testing/options.hpp>
#include <gyre/testing/protocol.hpp>
#include <gyre/testing/repeat.hpp>
#include <gyre/testing/run.hpp>
#include <gyre/testing/seeds.hpp>
#include <gyre/testing/test_request.hpp>
#include <gyre/testing/tls.hpp>
#include <gyre/testing/transport.hpp>
