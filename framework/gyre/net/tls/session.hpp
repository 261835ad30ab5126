#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/bytes.hpp>
#include <gyre/base/result.hpp>
#include <gyre/base/time.hpp>
#include <gyre/net/tls/client.hpp>
#include <gyre/net/tls/failure.hpp>
#include <gyre/net/tls/info.hpp>
#include <gyre/net/tls/server.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre {
namespace detail {
class TlsEngine;
}  // namespace detail

/// One side of a TLS connection, without I/O: ciphertext goes in and comes out as bytes, and whoever owns it reads and
/// sends them.
///
/// First `handshake`, again and again with what it wants, until it is `done` or has `failed`; then `read`, `write` and
/// `close`. After each of these calls `owed` is to be sent. Not thread-safe; `handshake` may be run on another thread
/// while nobody else touches the session.
class TlsSession {
 public:
  /// How far a handshake is.
  enum class Progress : std::uint8_t {
    done,               ///< It is over.
    wants_bytes,        ///< More of the peer's bytes are needed; what is `owed` goes out first.
    wants_certificate,  ///< (server) `use` one or `refuse`, for `server_name`; then on.
    wants_signature,    ///< Nothing, but the next call is slow: see `handshake_is_slow`.
    wants_verdict,      ///< The rules accept the peer's certificate: `accept_peer` or `refuse`; then on.
    failed,             ///< See `failure`; an alert may be owed.
  };

  /// The most that is owed before a session fails: a peer that makes it answer and does not read the answers.
  static constexpr std::size_t owed_max = 256 * 1024;

  /// The server's side of a connection. Throws `std::bad_alloc`.
  static Box<TlsSession> accept(const TlsServer& server);
  /// The client's side of a connection to `host`, a DNS name (A-labels) or an IP address: it is what the server is
  /// asked for and what its certificate is checked for. Throws `std::bad_alloc`.
  static Box<TlsSession> connect(const TlsClient& client, std::string_view host);

  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  /// The time at which certificates of the peer are looked at, since 1970 UTC; without it, the system's.
  void set_wall_time(Duration now) noexcept;

  /// Goes on with the handshake as far as it can. What it leaves of the bytes received is for `read`.
  Progress handshake() noexcept;
  /// Whether the next call of `handshake` signs with a key that takes long (`Certificate::signs_slowly`): then it
  /// belongs on another thread.
  bool handshake_is_slow() const noexcept;
  /// (server) The host name that the client asks for (RFC 6066 3), in lower case; empty without one. It has only
  /// letters, digits, hyphens, underscores and dots, and is no IP address.
  std::string_view server_name() const noexcept;
  /// The answer to `wants_certificate`.
  void use(const Certificate& certificate) noexcept;
  /// The answer to `wants_verdict`.
  void accept_peer() noexcept;
  /// The other answer to both: the next `handshake` fails, and the alert is owed. (About a verdict not every alert can
  /// be sent: a server gets those that are about certificates, and `handshake_failure` for others; a client, whose
  /// handshake is over by then, a `close_notify`.)
  void refuse(TlsAlert alert) noexcept;

  /// Bytes of the peer. They are looked at where they lie, until they are used up or `keep` copies what is left of
  /// them. Throws `std::bad_alloc` if something is left of those before.
  void receive(Bytes ciphertext);
  /// The bytes given to `receive` are about to go. Throws `std::bad_alloc`.
  void keep();
  /// The connection has ended on the peer's side. What was received can still be read; if its last word is no
  /// `close_notify` then `handshake` and `read` fail behind it with `TlsFault::truncated`.
  void receive_end() noexcept;

  /// Plaintext into `buffer`, as much as there is and fits. 0: everything received has been used, or `ended`.
  /// `Errc::bad_message`: see `failure`. Only after the handshake.
  Result<std::size_t> read(MutableBytes buffer) noexcept;
  /// The peer has said that it sends no more (close_notify), and all that it had sent has been read.
  bool ended() const noexcept;

  /// How much room `write` needs for `size` bytes of plaintext.
  static std::size_t bound(std::size_t size) noexcept;
  /// Encrypts all of `plain` into `room` and says how many bytes of it that took. Only after the handshake. Errors:
  /// `Errc::invalid_argument` if `owed` has not been taken or the room is smaller than `bound(plain.size())`, and then
  /// nothing was written; `Errc::closed` after `close`; `Errc::bad_message`: see `failure`.
  Result<std::size_t> write(Bytes plain, MutableBytes room) noexcept;

  /// What is to be sent before anything else: handshake, alerts, answers to key updates. Empty if nothing. A view that
  /// the next call of another member ends.
  Bytes owed() const noexcept;
  /// It is with the kernel, or copied.
  void owed_taken() noexcept;

  /// Says that nothing more will be sent: owes a close_notify. Nothing before the end of the handshake or after a
  /// failure. What the peer sends can still be read.
  void close() noexcept;

  /// Why it failed.
  const TlsFailure& failure() const noexcept;
  /// What the handshake has agreed on. Only after it; `TlsInfo::peer` with `wants_verdict`, too. Throws
  /// `std::bad_alloc`.
  TlsInfo info() const;

 private:
  explicit TlsSession(Box<detail::TlsEngine> engine) noexcept;

  Box<detail::TlsEngine> engine_;
};

}  // namespace gyre
