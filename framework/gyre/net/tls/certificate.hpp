#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/base/time.hpp>
#include <gyre/net/tls/certificate_error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gyre {
namespace detail {
struct CertificateState;
}  // namespace detail

/// A chain of X.509 certificates, the own one first, with the private key: what a server shows, and a client if it is
/// asked to. Immutable; copies share it, on any threads.
class Certificate {
 public:
  /// None: good for nothing but to be replaced.
  Certificate() noexcept = default;

  /// Reads a chain and a key in PEM and checks them: the key is the certificate's, each certificate was issued by the
  /// next one, no key or signature is weak. One text may hold both. The root may stand at the end or be left out. The
  /// key is PKCS #8, or what OpenSSL called RSA and EC keys before; `password` is for one that is encrypted.
  ///
  /// Does not look at the dates (`check_dates`), waits for nothing, and takes about a millisecond. From any thread.
  static CertificateResult<Certificate> parse(std::string_view chain_pem, std::string_view key_pem,
                                              std::string_view password = {});

  /// Whether there is one.
  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// `expired` or `not_yet_valid` if one of the chain is at that time, else none. `now` is the time since 1970 UTC.
  CertificateError check_dates(Duration now) const;

  /// From when to when the whole chain is valid: time since 1970 UTC, the end inclusive.
  Duration not_before() const noexcept;
  Duration not_after() const noexcept;

  /// The subject alternative names, in lower case: "example.org", "*.example.org", "192.0.2.1", "2001:db8::1".
  const std::vector<std::string>& names() const noexcept;

  /// Whether it is for that host, a DNS name (A-labels, a dot at its end does not count) or an IP address: RFC 9525 6.
  /// A wildcard is the whole first label and stands for exactly one label; the subject's common name does not count.
  bool covers(std::string_view host) const noexcept;

  /// The SHA-256 of the own certificate, as 64 lower-case hexadecimal digits.
  const std::string& fingerprint() const noexcept;
  /// The SHA-256 of its public key (SubjectPublicKeyInfo) in base64: a pin of `TlsClientOptions`.
  const std::string& pin() const noexcept;

  /// Whether a signature with its key takes so long, near a millisecond, that a loop should not make it: RSA, P-384 and
  /// P-521 keys do; P-256 and Ed25519 do not.
  bool signs_slowly() const noexcept;

  /// Whether both are the same value, not only equal ones.
  friend bool operator==(const Certificate& left, const Certificate& right) noexcept {
    return left.state_.get() == right.state_.get();
  }

 private:
  friend class TlsSession;
  friend class TlsServer;
  friend class TlsClient;

  explicit Certificate(Shared<const detail::CertificateState> state) noexcept;

  Shared<const detail::CertificateState> state_;
};

}  // namespace gyre
