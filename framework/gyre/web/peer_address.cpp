#include <gyre/web/peer_address.hpp>

namespace gyre {

Extracted<PeerAddress> PeerAddress::extract(Request& request) {
  const Result<Endpoint> peer = request.peer();
  if (!peer) return Rejection{Status::service_unavailable, "the connection has no peer any more"};
  return PeerAddress{*peer};
}

}  // namespace gyre
