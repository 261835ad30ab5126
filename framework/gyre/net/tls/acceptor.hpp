#pragma once

#include <gyre/coro/semaphore.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/net/stream.hpp>
#include <gyre/net/tls/certificate_source.hpp>
#include <gyre/net/tls/failure.hpp>
#include <gyre/net/tls/handshake_observer.hpp>
#include <gyre/net/tls/peer_check.hpp>
#include <gyre/net/tls/server.hpp>

#include <optional>
#include <string>

namespace gyre {

/// All that it takes to accept TLS connections. Copies are the same.
class TlsAcceptor {
 public:
  /// `server` has the certificate.
  explicit TlsAcceptor(TlsServer server) noexcept : server_(std::move(server)) {}
  /// `certificates` is asked for it, in each handshake.
  TlsAcceptor(TlsServer server, CertificateSource certificates) noexcept
      : server_(std::move(server)), certificates_(std::move(certificates)) {}

  /// Has the last word on clients, if the server asks for it (`TlsServerOptions::client_verdict`).
  void set_client_check(TlsPeerCheck check) noexcept { client_check_ = std::move(check); }

  const TlsServer& server() const noexcept { return server_; }
  const std::optional<CertificateSource>& certificates() const noexcept { return certificates_; }
  const TlsPeerCheck& client_check() const noexcept { return client_check_; }

  /// The server's side of a handshake on `stream`; what is returned is encrypted. `early` are bytes of the client that
  /// have been read already. `pace`, if given, is shared by the handshakes of a loop and outlives them: no more of them
  /// than it has permits compute in one turn, so that many that come together do not hold the loop. `observer`, if
  /// given, is told whose turn it is, and outlives the task.
  ///
  /// Throws `TlsFailure`; whoever is at the other end has been told why. `Failure` for errors of the connection,
  /// `Cancelled`. It has no time limit of its own: see `within`. The acceptor need not outlive the task. A signature
  /// that takes long is made on the loop's `OffloadPool`; a certificate that takes long delays nobody else.
  Task<Stream> accept(Stream stream, std::string early = {}, Semaphore* pace = nullptr,
                      TlsHandshakeObserver* observer = nullptr) const;

 private:
  static Task<Stream> accept_with(TlsAcceptor acceptor, Stream stream, std::string early, Semaphore* pace,
                                  TlsHandshakeObserver* observer);

  TlsServer server_;
  std::optional<CertificateSource> certificates_;
  TlsPeerCheck client_check_;
};

}  // namespace gyre
