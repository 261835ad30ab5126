#pragma once

namespace gyre {

/// Is told, by a handshake that a server accepts, whose turn it is: so that one whose client is slow can be told from
/// one that computes, or waits for its certificate. Outlives the handshake, on whose loop it is called; it must not
/// destroy the handshake, but may cancel its context.
class TlsHandshakeObserver {
 public:
  /// From here on nothing happens until the client has sent something, or has read what it was sent.
  virtual void client_is_due() noexcept = 0;
  /// The client has sent something; perhaps less than it takes to go on, and then it is due again.
  virtual void client_was_heard() noexcept = 0;
  /// The handshake has come further: what the client had to send is complete. Happens a few times, however it is cut.
  virtual void handshake_advanced() noexcept = 0;

 protected:
  ~TlsHandshakeObserver() = default;
};

}  // namespace gyre
