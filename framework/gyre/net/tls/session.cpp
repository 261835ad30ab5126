#include <gyre/net/tls/session.hpp>

#include <gyre/base/assert.hpp>
#include <gyre/net/tls/internal/certificate_state.hpp>
#include <gyre/net/tls/internal/engine.hpp>
#include <gyre/net/tls/internal/x509.hpp>

#include <string>
#include <utility>

namespace gyre {

using Question = detail::TlsEngine::Question;

TlsSession::TlsSession(Box<detail::TlsEngine> engine) noexcept : engine_(std::move(engine)) {}
TlsSession::~TlsSession() = default;

Box<TlsSession> TlsSession::accept(const TlsServer& server) {
  GYRE_ASSERT(server.state_ != nullptr);
  const detail::EmptyErrorQueue errors;
  auto engine = make_box<detail::TlsEngine>(server.state_, server.state_->certificate.state_.get());
  return Box<TlsSession>{new TlsSession(std::move(engine))};
}

Box<TlsSession> TlsSession::connect(const TlsClient& client, std::string_view host) {
  GYRE_ASSERT(client.state_ != nullptr);
  const detail::EmptyErrorQueue errors;
  auto engine = make_box<detail::TlsEngine>(client.state_, client.state_->certificate.state_.get(), host);
  return Box<TlsSession>{new TlsSession(std::move(engine))};
}

void TlsSession::set_wall_time(Duration now) noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  engine_->wall_time = seconds;
  X509_VERIFY_PARAM_set_time(SSL_get0_param(engine_->ssl.get()), seconds);
}

TlsSession::Progress TlsSession::handshake() noexcept { return engine_->handshake(); }

bool TlsSession::handshake_is_slow() const noexcept { return engine_->signs_next && !engine_->failure; }

std::string_view TlsSession::server_name() const noexcept { return engine_->server_name; }

void TlsSession::use(const Certificate& certificate) noexcept {
  if (engine_->certificate_question != Question::asked) return;
  if (!certificate) return refuse(TlsAlert::internal_error);
  engine_->certificate = certificate.state_;
  engine_->certificate_question = Question::accepted;
  engine_->signs_slowly = certificate.signs_slowly();
  engine_->signature_is_announced = engine_->signs_slowly;
  engine_->signs_next = engine_->signs_slowly;
}

void TlsSession::accept_peer() noexcept {
  if (engine_->verdict_question == Question::asked) engine_->verdict_question = Question::accepted;
}

void TlsSession::refuse(TlsAlert alert) noexcept {
  engine_->refusal = alert;
  if (engine_->certificate_question == Question::asked) engine_->certificate_question = Question::refused;
  if (engine_->verdict_question == Question::asked) engine_->verdict_question = Question::refused;
}

void TlsSession::receive(Bytes ciphertext) {
  if (!engine_->failure && !engine_->has_ended) engine_->receive(ciphertext);
}
void TlsSession::keep() { engine_->keep(); }
void TlsSession::receive_end() noexcept { engine_->input_has_ended = true; }

Result<std::size_t> TlsSession::read(MutableBytes buffer) noexcept { return engine_->read(buffer); }
bool TlsSession::ended() const noexcept { return engine_->has_ended; }

std::size_t TlsSession::bound(std::size_t size) noexcept {
  // A client may ask for records as small as 512 bytes (RFC 6066 4). Each has a head of 5 bytes, at most 8 more that
  // make it unique and a type, and a tag of 16. An answer to a key update may go first.
  constexpr std::size_t record_min = 512;
  constexpr std::size_t record_extra = 32;
  constexpr std::size_t key_update = 64;
  return size + (size / record_min + 1) * record_extra + key_update;
}

Result<std::size_t> TlsSession::write(Bytes plain, MutableBytes room) noexcept { return engine_->write(plain, room); }

Bytes TlsSession::owed() const noexcept { return as_bytes(engine_->owed); }
void TlsSession::owed_taken() noexcept { engine_->owed = std::string(); }

void TlsSession::close() noexcept { engine_->close(); }

const TlsFailure& TlsSession::failure() const noexcept { return engine_->failure; }

TlsInfo TlsSession::info() const {
  const SSL* const ssl = engine_->ssl.get();
  TlsInfo info;
  info.version = SSL_version(ssl) == TLS1_3_VERSION ? TlsVersion::tls_1_3 : TlsVersion::tls_1_2;
  if (const SSL_CIPHER* const cipher = SSL_get_current_cipher(ssl)) info.cipher = SSL_CIPHER_standard_name(cipher);
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (size != 0) info.alpn.assign(reinterpret_cast<const char*>(protocol), size);
  info.server_name = engine_->server_name;
  info.resumed = SSL_session_reused(ssl) == 1;
  X509* peer = SSL_get0_peer_certificate(ssl);
  // While a client waits for the verdict OpenSSL has the chain only.
  if (peer == nullptr && !engine_->is_server()) peer = sk_X509_value(SSL_get_peer_cert_chain(ssl), 0);
  if (peer != nullptr) {
    const detail::EmptyErrorQueue errors;
    info.peer = Shared<const TlsPeer>{Shared<TlsPeer>::make(detail::peer_of(peer))};
  }
  return info;
}

}  // namespace gyre
