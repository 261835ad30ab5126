#pragma once

#include <gyre/http/limits.hpp>

#include <cstdint>
#include <string>

namespace gyre {

/// What it means that a client ends its side of the connection (a FIN) while a coroutine handler is at work for it. TCP
/// cannot tell a client that has left from one that only has nothing more to send.
enum class HalfClose : std::uint8_t {
  gone,    ///< It has left: `RouteOptions::on_disconnect` decides. As most servers and proxies take it.
  served,  ///< It is answered. Only a reset, or an answer that cannot be sent, counts as having left.
};

/// How a server treats its connections.
struct ServerOptions {
  Limits limits = {};
  HalfClose half_close = HalfClose::gone;
  /// The Server field of every response; empty for none.
  std::string server_name = "gyre";
};

}  // namespace gyre
