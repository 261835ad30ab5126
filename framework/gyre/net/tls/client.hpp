#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/net/tls/certificate.hpp>
#include <gyre/net/tls/server.hpp>
#include <gyre/net/tls/version.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gyre {
namespace detail {
class TlsClientState;
}  // namespace detail

/// What a client demands of a server's certificate.
enum class TlsVerification : std::uint8_t {
  full,                ///< A trusted issuer, valid dates, and the name or address that was connected to.
  pinned_key_only,     ///< Its own key is one of `pins`, whoever issued it for whatever name and time.
  nothing_any_server,  ///< Nothing: whoever answers may read and change everything. For experiments only.
};

/// How a client speaks TLS.
struct TlsClientOptions {
  TlsVerification verification = TlsVerification::full;
  /// Who may have issued the server's certificate: PEM. Empty: the system's trust store, of which OpenSSL reads what a
  /// handshake needs from the disk then. Whatever stands here is
  /// trusted, root or not, and the system's store is not. If there are CRLs among them they are obeyed, and there must
  /// be one of each issuer in the server's chain.
  std::string trust = {};
  /// Each the SHA-256 of a public key (SubjectPublicKeyInfo) in base64. If there are some, the key of the server or of
  /// one above it in the verified chain must be among them.
  std::vector<std::string> pins = {};
  /// What is shown to a server that asks for it.
  Certificate certificate = {};
  /// Application protocols in the order of preference. If the server takes none of them the handshake does not fail:
  /// see `TlsInfo::alpn`.
  std::vector<std::string> alpn = {};
  TlsVersion version_min = TlsVersion::tls_1_2;
  TlsVersion version_max = TlsVersion::tls_1_3;
  TlsVerdict server_verdict = TlsVerdict::by_rules;
  /// With `on` the tickets of servers are kept for the next connection to the same host.
  TlsTickets tickets = TlsTickets::on;
};

/// A client's side of TLS: the settings of all its connections, and the tickets of the servers it has met. A handle;
/// copies are the same client. All of it from any thread.
class TlsClient {
 public:
  /// The most tickets that are kept: one for each of the last hosts.
  static constexpr std::size_t tickets_max = 128;

  /// None: good for nothing but to be replaced.
  TlsClient() noexcept = default;

  /// Makes one. Errors: what is wrong with `trust`, `pins` or `alpn`; `bad_options` for those that
  /// contradict each other, such as `pinned_key_only` without pins.
  static CertificateResult<TlsClient> make(const TlsClientOptions& options);

  /// Whether there is one.
  explicit operator bool() const noexcept { return state_ != nullptr; }

 private:
  friend class TlsSession;

  explicit TlsClient(Shared<detail::TlsClientState> state) noexcept;

  Shared<detail::TlsClientState> state_;
};

}  // namespace gyre
