#pragma once

#include <gyre/base/bytes.hpp>
#include <gyre/net/tls/internal/client_state.hpp>
#include <gyre/net/tls/internal/openssl.hpp>
#include <gyre/net/tls/internal/server_state.hpp>
#include <gyre/net/tls/session.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::detail {

/// What a `TlsSession` consists of: OpenSSL's object, the bytes on both sides of it, and what its callbacks and the
/// session's owner tell each other.
class TlsEngine {
 public:
  using Progress = TlsSession::Progress;

  /// What there is to answer, and the answer.
  enum class Question : std::uint8_t { none, asked, accepted, refused };

  TlsEngine(Shared<TlsServerState> owner, const CertificateState* shown);
  TlsEngine(Shared<TlsClientState> owner, const CertificateState* shown, std::string_view host);
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;
  ~TlsEngine();

  bool is_server() const noexcept { return server != nullptr; }

  // The peer's bytes.
  bool has_input() const noexcept { return kept_at_ != kept_.size() || !input_.empty(); }
  void receive(Bytes bytes);
  void keep();
  std::size_t take_input(MutableBytes room) noexcept;
  void drop_input() noexcept;

  // Our bytes: to `room` while `write` runs, else to what is owed.
  bool put_output(Bytes bytes) noexcept;

  Progress handshake() noexcept;
  Result<std::size_t> read(MutableBytes buffer) noexcept;
  Result<std::size_t> write(Bytes plain, MutableBytes room) noexcept;
  void close() noexcept;

  void fail(TlsFault fault, std::string_view text) noexcept;
  /// From what OpenSSL says: its errors on this thread are used up.
  void fail_by_openssl() noexcept;

  // For the callbacks.
  bool install_certificate() noexcept;
  bool is_expired(const X509* certificate) const noexcept;

  Shared<TlsServerState> server;
  Shared<TlsClientState> client;
  SslPointer ssl;
  std::string host;  // whom a client connects to; under it tickets are kept

  // For and from the callbacks.
  std::string server_name;
  bool has_hello = false;
  bool has_bad_name = false;
  bool has_wrong_pin = false;
  Question certificate_question = Question::none;
  Question verdict_question = Question::none;
  bool certificate_is_set = false;  // the one to be shown is known to OpenSSL
  bool signs_slowly = false;        // with the certificate that will be shown
  bool signature_is_announced = false;
  bool signs_next = false;                     // with the next call of `handshake`
  bool wants_signature = false;                // the reason of the last stop
  Shared<const CertificateState> certificate;  // from `use`
  TlsAlert refusal = TlsAlert::internal_error;
  std::optional<TlsAlert> alert_sent;
  std::optional<TlsAlert> alert_received;
  bool input_has_ended = false;
  std::optional<std::int64_t> wall_time;  // seconds since 1970, if they are not the system's

  std::string owed;
  TlsFailure failure;
  bool is_done = false;
  bool has_ended = false;  // the peer's close_notify has come
  bool is_closed = false;  // ours is owed

 private:
  enum class Broken : std::uint8_t { no, memory, flood };

  void start();
  bool is_no_tls() const noexcept;
  /// Whether the owner's answer ends the handshake.
  bool is_refused() noexcept;
  void owe_plain_alert(TlsAlert alert) noexcept;
  void keep_renewed_ticket() noexcept;
  Progress finish() noexcept;
  Progress stop(int ssl_error) noexcept;

  Bytes input_;
  std::string kept_;
  std::size_t kept_at_ = 0;
  MutableBytes room_;
  std::size_t room_used_ = 0;
  bool writes_to_room_ = false;
  bool has_begun_ = false;  // the first byte of the peer has been looked at
  Broken broken_ = Broken::no;
};

inline TlsEngine& engine_of(const SSL* ssl) noexcept { return *static_cast<TlsEngine*>(SSL_get_app_data(ssl)); }

}  // namespace gyre::detail
