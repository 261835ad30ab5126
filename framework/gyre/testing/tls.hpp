#pragma once

#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/certificate.hpp>
#include <gyre/net/tls/client.hpp>

#include <gyre/testing/protocol.hpp>

#include <cstdint>

namespace gyre::testing {

/// Whether a test speaks HTTPS with the application.
enum class Tls : std::uint8_t { off, on };

/// What the two ends of a test speak TLS with: one certificate in memory (`test_certificate`), which the client knows
/// by its key, whatever the clock says. Without tickets: no run depends on those before it, and the sizes of what is
/// sent on none of the random numbers in it, so that a seed repeats a run.
class TlsEnds {
 public:
  /// Those of this process, made when they are first asked for. From any thread.
  static const TlsEnds& get();

  const Certificate& certificate() const noexcept { return certificate_; }
  /// For a server of one's own.
  const TlsAcceptor& acceptor() const noexcept { return acceptor_; }
  /// Trusts that certificate alone, and says in the handshake that it speaks that protocol.
  const TlsClient& client(Protocol protocol = Protocol::http_1_1) const noexcept {
    return protocol == Protocol::http_2 ? h2_client_ : client_;
  }

 private:
  explicit TlsEnds(Certificate made);

  Certificate certificate_;
  TlsAcceptor acceptor_;
  TlsClient client_;
  TlsClient h2_client_;
};

}  // namespace gyre::testing
