#pragma once

// What main.cpp includes where it is built with gyre: the same names, another server.
#include <gyre/compat/httplib.hpp>

namespace httplib = gyre::compat::httplib;
