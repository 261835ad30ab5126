#pragma once

#include <gyre/app/app.hpp>

/// A service that answers with what it was asked: for trying out HTTP clients, and for reading as a larger application.
/// Paths and JSON are those of the well-known public service of that name.
namespace httpbin {

/// Adds all routes, and what they need.
void add_routes(gyre::App& app);

}  // namespace httpbin
