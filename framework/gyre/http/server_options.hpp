#pragma once

#include <gyre/http/limits.hpp>

#include <string>

namespace gyre {

/// How a server treats its connections.
struct ServerOptions {
  Limits limits = {};
  /// The Server field of every response; empty for none.
  std::string server_name = "gyre";
};

}  // namespace gyre
