#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/base/time.hpp>
#include <gyre/net/tls/certificate.hpp>
#include <gyre/net/tls/version.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gyre {
namespace detail {
class TlsServerState;
}  // namespace detail

/// Whether a server wants to see the certificates of its clients.
enum class TlsClientCertificates : std::uint8_t {
  none,       ///< It does not ask.
  requested,  ///< It asks; who has none is welcome, who has a wrong one is not.
  mandatory,  ///< It asks; who has none fails with `TlsFault::no_certificate`.
};

/// Whether clients may come back without a whole handshake (RFC 8446 2.2, RFC 5077).
enum class TlsTickets : std::uint8_t { on, off };

/// Whether a peer that the rules of certificates accept is shown to the application before the handshake goes on.
enum class TlsVerdict : std::uint8_t {
  by_rules,        ///< No.
  by_application,  ///< Yes: `TlsSession::Progress::wants_verdict`.
};

/// How a server speaks TLS.
struct TlsServerOptions {
  /// What is shown to every client. Without one each handshake asks: `TlsSession::Progress::wants_certificate`.
  Certificate certificate = {};
  /// Application protocols in the order of preference, "h2" and "http/1.1". A client that offers some, but none of
  /// these, is refused; one that offers none is not, and neither is anybody if this is empty.
  std::vector<std::string> alpn = {};
  TlsVersion version_min = TlsVersion::tls_1_2;
  TlsClientCertificates client_certificates = TlsClientCertificates::none;
  /// Who may have issued the certificates of clients: PEM. Whatever stands here is trusted, root or not. If there are
  /// CRLs among them they are obeyed, and there must be one of each issuer in a client's chain.
  std::string client_trust = {};
  TlsVerdict client_verdict = TlsVerdict::by_rules;
  TlsTickets tickets = TlsTickets::on;
  /// How long a key encrypts tickets before `TlsServer::rotate` makes the next one. It opens them for twice as long
  /// again, and a ticket is good for two such periods; at most three days.
  Duration ticket_period = std::chrono::hours(12);
};

/// A server's side of TLS: the settings of all its connections and the keys of its tickets. A handle; copies are the
/// same server. All of it from any thread.
class TlsServer {
 public:
  /// None: good for nothing but to be replaced.
  TlsServer() noexcept = default;

  /// Makes one, with a ticket key of its own. Errors: what is wrong with `client_trust` or `alpn`; `bad_options` if
  /// certificates of clients are wanted and nobody is trusted, or a period is not positive or too long.
  static CertificateResult<TlsServer> make(const TlsServerOptions& options);

  /// Whether there is one.
  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// Replaces the key of tickets if its time is over. Call it now and then, from any loop: `now` is the time since 1970
  /// UTC, and the first call starts the time of the first key. Says whether there is a new key. The two keys before it
  /// still open tickets, and whoever comes with one of those gets a new one; older keys are wiped. Sessions do not wait
  /// for it.
  bool rotate(Duration now) const noexcept;

 private:
  friend class TlsSession;

  explicit TlsServer(Shared<detail::TlsServerState> state) noexcept;

  Shared<detail::TlsServerState> state_;
};

}  // namespace gyre
