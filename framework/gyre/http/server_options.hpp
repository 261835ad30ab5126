#pragma once

#include <gyre/http/limits.hpp>
#include <gyre/net/address_range.hpp>

#include <cstdint>
#include <string>

namespace gyre {

/// What it means that a client ends its side of the connection (a FIN) while a coroutine handler is at work for it. TCP
/// cannot tell a client that has left from one that only has nothing more to send.
enum class HalfClose : std::uint8_t {
  gone,    ///< It has left: `RouteOptions::on_disconnect` decides. As most servers and proxies take it.
  served,  ///< It is answered. Only a reset, or an answer that cannot be sent, counts as having left.
};

/// Whether a server speaks HTTP/2 beside HTTP/1.1, on the same ports: to whoever begins with it, and over TLS to
/// whoever has chosen "h2" in the handshake (`TlsServerOptions::alpn`, which `App` sets).
enum class Http2 : std::uint8_t {
  on,
  off,
  only,  ///< Nothing else: whoever begins with HTTP/1.1 is answered with 505 and left.
};

/// How a server treats its connections.
struct ServerOptions {
  Limits limits = {};
  HalfClose half_close = HalfClose::gone;
  Http2 http2 = Http2::on;
  /// Proxies that say where their connections come from: those of these addresses must begin with a header of the PROXY
  /// protocol, version 1 or 2, within `Limits::head_read`, else they are closed without an answer. `Request::peer` is
  /// then the client that the header names. Whoever is not among them is a client, and such a header a bad request.
  AddressRanges proxies = {};
  /// The Server field of every response that has none of its own; empty for none.
  std::string server_name = "gyre";
};

}  // namespace gyre
