#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/net/stream.hpp>
#include <gyre/net/tls/client.hpp>
#include <gyre/net/tls/failure.hpp>
#include <gyre/net/tls/peer_check.hpp>

#include <string>

namespace gyre {

/// The client's side of a TLS handshake on `stream`; what is returned is encrypted. `host` is the DNS name (A-labels)
/// or the IP address that the server's certificate must be for.
///
///     gyre::Result<gyre::Stream> connected = co_await gyre::Stream::connect(endpoint);
///     gyre::Stream stream = co_await gyre::tls_connect(std::move(connected).value(), client, "example.org");
///
/// Throws `TlsFailure`: the certificate is wrong, or the two have nothing in common. `Failure` for errors of the
/// connection, `Cancelled`. It has no time limit of its own: see `within`. `check` has the last word on the server, if
/// the client asks for it (`TlsClientOptions::server_verdict`).
Task<Stream> tls_connect(Stream stream, TlsClient client, std::string host, TlsPeerCheck check = {});

}  // namespace gyre
