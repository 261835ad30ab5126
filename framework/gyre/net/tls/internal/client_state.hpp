#pragma once

#include <gyre/net/tls/client.hpp>
#include <gyre/net/tls/internal/openssl.hpp>
#include <gyre/net/tls/internal/x509.hpp>

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace gyre::detail {

/// What the copies of a `TlsClient` share. Only the tickets change.
class TlsClientState {
 public:
  explicit TlsClientState(const TlsClientOptions& options)
      : certificate(options.certificate), verification(options.verification), verdict(options.server_verdict) {}

  /// Keeps a session for the next connection to its host, instead of an older one.
  void keep(const std::string& host, SessionPointer session);
  /// One for that host, or nothing. A ticket of TLS 1.3 is used once, so that nobody can tell by it that two
  /// connections are of the same client (RFC 8446 C.4).
  SessionPointer find(const std::string& host) noexcept;

  SslContextPointer context;
  Certificate certificate;
  TlsVerification verification;
  TlsVerdict verdict;
  std::vector<Sha256> pins;

 private:
  struct Entry {
    std::string host;
    SessionPointer session;
  };

  std::mutex mutex_;
  std::deque<Entry> entries_;  // the newest last
};

}  // namespace gyre::detail
