#pragma once

#include <gyre/net/endpoint.hpp>
#include <gyre/web/extract.hpp>

namespace gyre {

/// Where the connection comes from, for a handler to take by value (`Request::peer`): the client, also behind one of
/// `ServerOptions::proxies`, or any other proxy in front of the server.
/// A client that has left already has no address; its answer, a 503, reaches nobody.
struct PeerAddress {
  Endpoint endpoint;

  static Extracted<PeerAddress> extract(Request& request);
};

}  // namespace gyre
