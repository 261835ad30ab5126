#pragma once

// Everything that a web application includes. What reads described types (JSON, queries, forms, header fields), tests
// and adapters have headers of their own.

// The application.
#include <gyre/app/app.hpp>
#include <gyre/app/arguments.hpp>

// What handlers can take, besides the path and their own types.
#include <gyre/web/cookies.hpp>
#include <gyre/web/extension.hpp>
#include <gyre/web/header.hpp>
#include <gyre/web/peer_address.hpp>
#include <gyre/web/state.hpp>
#include <gyre/web/text.hpp>

// Bodies as streams.
#include <gyre/http/body_writer.hpp>
#include <gyre/http/event_stream.hpp>
#include <gyre/net/file.hpp>
#include <gyre/web/last_event_id.hpp>
#include <gyre/web/multipart.hpp>

// Time limits of requests, and what a cancelled one is answered with.
#include <gyre/http/cancel_status.hpp>
#include <gyre/web/middleware/deadline.hpp>

// What runs beside it, and how to wait.
#include <gyre/coro/channel.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/generator.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/semaphore.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/coro/when_first_ok.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/shield.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/readiness.hpp>
