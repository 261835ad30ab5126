#pragma once

#include <gyre/net/tls/alert.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace gyre {

/// Why a TLS connection failed, in the vocabulary that callers decide on.
enum class TlsFault : std::uint8_t {
  none,  ///< It did not.

  // The peer's certificate, or one of those above it:
  expired,          ///< Its time is over.
  not_yet_valid,    ///< Its time has not come.
  unknown_issuer,   ///< The chain ends at nobody who is trusted.
  self_signed,      ///< It is its own issuer, and not trusted.
  invalid_issuer,   ///< An issuer in the chain is none: no CA, or not for so long a path.
  wrong_host,       ///< It is for other names than the one that was connected to.
  wrong_key_usage,  ///< It is not for this side of a TLS connection.
  revoked,          ///< Its issuer has withdrawn it.
  bad_signature,    ///< The issuer's signature, or the one of the handshake, is wrong.
  weak_key,         ///< A key or a signature of the chain is weaker than 112 bits.
  wrong_pin,        ///< None of the chain's keys is one of `TlsClientOptions::pins`.
  no_certificate,   ///< The peer has none, and is required to.
  bad_certificate,  ///< Anything else about it.
  peer_refused,     ///< `TlsSession::refuse`: the application does not want this peer.

  // What the two sides have in common:
  protocol_version,  ///< No version of TLS.
  no_common_cipher,  ///< No cipher, group or signature algorithm.
  no_common_alpn,    ///< No application protocol.
  unknown_name,      ///< `TlsSession::refuse`: nothing is served for this server name.

  // What the peer sent:
  peer_alert,       ///< It gave up: see `TlsFailure::alert_received`.
  truncated,        ///< The end of the connection, without a word (`close_notify`) before.
  not_tls,          ///< No TLS: plain HTTP, for example. Nothing is answered.
  bad_server_name,  ///< The server name that it asks for is no host name.
  bad_record,       ///< A record that is malformed or was changed on its way.
  bad_handshake,    ///< Messages that break the protocol.
  flood,            ///< It makes this side answer more than it reads: see `TlsSession::owed_max`.

  refused,        ///< `TlsSession::refuse` for any other reason.
  out_of_memory,  ///< For this connection.
  internal,       ///< Anything else: see `TlsFailure::what`.
};

/// The name of the enumerator: "wrong_host".
std::string_view name(TlsFault fault) noexcept;

/// The failure of a TLS connection: a value, and an exception for where one is wanted.
class TlsFailure : public std::exception {
 public:
  /// None.
  TlsFailure() noexcept = default;
  /// `text` is for people.
  TlsFailure(TlsFault fault, std::string text) noexcept : text_(std::move(text)), fault_(fault) {}

  TlsFault fault() const noexcept { return fault_; }
  /// What the peer was told, if it was.
  std::optional<TlsAlert> alert_sent() const noexcept { return alert_sent_; }
  /// What the peer said.
  std::optional<TlsAlert> alert_received() const noexcept { return alert_received_; }
  /// "wrong_host: certificate is for other names": one line for a log. Never what the peer chose.
  const char* what() const noexcept override { return text_.c_str(); }

  /// Whether there is a failure.
  explicit operator bool() const noexcept { return fault_ != TlsFault::none; }

  /// For whoever makes one.
  void set_alert_sent(TlsAlert alert) noexcept { alert_sent_ = alert; }
  void set_alert_received(TlsAlert alert) noexcept { alert_received_ = alert; }

 private:
  std::string text_;
  TlsFault fault_ = TlsFault::none;
  std::optional<TlsAlert> alert_sent_;
  std::optional<TlsAlert> alert_received_;
};

}  // namespace gyre
