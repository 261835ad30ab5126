#include <gyre/net/tls/internal/engine.hpp>

#include <gyre/net/tls/internal/callbacks.hpp>
#include <gyre/net/tls/internal/certificate_state.hpp>
#include <gyre/net/tls/internal/faults.hpp>
#include <gyre/net/tls/internal/x509.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace gyre::detail {
namespace {

// The types of records that begin a connection: RFC 8446 5.1.
constexpr auto alert_record = std::byte{21};
constexpr auto handshake_record = std::byte{22};

std::string one_line(TlsFault fault, std::string_view text) noexcept {
  try {
    std::string line{name(fault)};
    return line.append(": ").append(text);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

/// For whom OpenSSL checks the server's certificate.
void expect_host(SSL* ssl, const std::string& host) {
  X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(rules, host_flags);
  const bool is_set = is_ip_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                                          : X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
                                                SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  if (!is_set) throw std::bad_alloc{};
}

}  // namespace

TlsEngine::TlsEngine(Shared<TlsServerState> owner, const CertificateState* shown)
    : server(std::move(owner)), ssl(SSL_new(server->context.get())), certificate_is_set(shown != nullptr) {
  start();
  signs_slowly = shown != nullptr && shown->signs_slowly;
  SSL_set_accept_state(ssl.get());
}

TlsEngine::TlsEngine(Shared<TlsClientState> owner, const CertificateState* shown, std::string_view host_name)
    : client(std::move(owner)),
      ssl(SSL_new(client->context.get())),
      host(normal_host(host_name)),
      server_name(host),
      certificate_is_set(shown != nullptr) {
  start();
  signs_slowly = shown != nullptr && shown->signs_slowly;
  SSL_set_connect_state(ssl.get());
  if (host.empty()) {
    fail(TlsFault::wrong_host, "what was to be connected to is no host");  // and OpenSSL would check none
    return;
  }
  if (is_ip_address(host)) server_name.clear();
  expect_host(ssl.get(), host);
  const SessionPointer earlier = client->find(host);
  if (earlier != nullptr) SSL_set_session(ssl.get(), earlier.get());
}

TlsEngine::~TlsEngine() {
  // OpenSSL takes a connection that ends without a close_notify for one that must not be resumed. Since TLS 1.1 that is
  // no reason (RFC 5246 7.2.1); a failure is.
  if (!failure) SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void TlsEngine::start() {
  if (ssl == nullptr) throw std::bad_alloc{};
  BIO* const bio = make_bio(*this).release();
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_app_data(ssl.get(), this);
}

void TlsEngine::receive(Bytes bytes) {
  if (!input_.empty()) keep();
  input_ = bytes;
}

void TlsEngine::keep() {
  kept_.erase(0, kept_at_);
  kept_at_ = 0;
  kept_.append(as_text(input_));
  input_ = {};
}

std::size_t TlsEngine::take_input(MutableBytes room) noexcept {
  std::size_t taken = 0;
  const std::size_t kept = std::min(kept_.size() - kept_at_, room.size());
  if (kept != 0) {
    std::memcpy(room.data(), kept_.data() + kept_at_, kept);
    kept_at_ += kept;
    taken = kept;
    if (kept_at_ == kept_.size()) {
      kept_ = std::string();  // its memory, too
      kept_at_ = 0;
    }
  }
  const std::size_t more = std::min(input_.size(), room.size() - taken);
  if (more != 0) {
    std::memcpy(room.data() + taken, input_.data(), more);
    input_ = input_.subspan(more);
  }
  return taken + more;
}

void TlsEngine::drop_input() noexcept {
  kept_ = std::string();
  kept_at_ = 0;
  input_ = {};
}

bool TlsEngine::put_output(Bytes bytes) noexcept {
  if (writes_to_room_) {
    if (bytes.size() > room_.size() - room_used_) return false;
    std::memcpy(room_.data() + room_used_, bytes.data(), bytes.size());
    room_used_ += bytes.size();
    return true;
  }
  if (owed.size() + bytes.size() > TlsSession::owed_max) {
    broken_ = Broken::flood;
    return false;
  }
  try {
    owed.append(as_text(bytes));
    return true;
  } catch (const std::bad_alloc&) {
    broken_ = Broken::memory;
    return false;
  }
}

bool TlsEngine::is_no_tls() const noexcept {
  const std::byte first = kept_at_ != kept_.size() ? static_cast<std::byte>(kept_[kept_at_]) : input_.front();
  return first != handshake_record && first != alert_record;
}

bool TlsEngine::is_refused() noexcept {
  if (certificate_question == Question::refused) {
    owe_plain_alert(refusal);
    const bool is_name = refusal == TlsAlert::unrecognized_name;
    fail(is_name ? TlsFault::unknown_name : TlsFault::refused,
         "the application has no certificate for this connection");
    return true;
  }
  if (verdict_question == Question::refused && is_server()) {
    SSL_shutdown(ssl.get());
    fail(TlsFault::peer_refused, "the application refused the client's certificate");
    return true;
  }
  return false;
}

/// Before a certificate is shown nothing is encrypted, and OpenSSL would say `internal_error` for any reason.
void TlsEngine::owe_plain_alert(TlsAlert alert) noexcept {
  constexpr auto fatal = std::byte{2};
  const std::byte record[] = {
      alert_record, std::byte{3}, std::byte{3}, std::byte{0}, std::byte{2}, fatal, static_cast<std::byte>(alert)};
  if (put_output(record)) alert_sent = alert;
}

TlsEngine::Progress TlsEngine::handshake() noexcept {
  const EmptyErrorQueue errors;
  if (failure) return Progress::failed;
  if (is_done) return Progress::done;
  if (is_refused()) return Progress::failed;
  if (certificate_question == Question::asked) return Progress::wants_certificate;
  if (verdict_question == Question::asked) return Progress::wants_verdict;
  if (!has_begun_ && has_input()) {
    has_begun_ = true;
    if (is_no_tls()) {
      fail(TlsFault::not_tls, "what the peer says is not TLS");
      return Progress::failed;
    }
  }
  if (SSL_is_init_finished(ssl.get()) == 1) return finish();  // after the verdict
  const int outcome = SSL_do_handshake(ssl.get());
  return outcome == 1 ? finish() : stop(SSL_get_error(ssl.get(), outcome));
}

/// OpenSSL tells of a client's new ticket, unless it is one of TLS 1.2 that takes the place of the one just used.
void TlsEngine::keep_renewed_ticket() noexcept {
  const bool keeps = SSL_CTX_get_session_cache_mode(client->context.get()) != SSL_SESS_CACHE_OFF;
  if (!keeps || SSL_session_reused(ssl.get()) != 1 || SSL_version(ssl.get()) != TLS1_2_VERSION) return;
  SessionPointer session{SSL_get1_session(ssl.get())};
  if (SSL_SESSION_is_resumable(session.get()) != 1) return;
  try {
    client->keep(host, std::move(session));
  } catch (const std::bad_alloc&) {
    return;  // a whole handshake next time
  }
}

TlsEngine::Progress TlsEngine::finish() noexcept {
  const bool asks = is_server() && server->verdict == TlsVerdict::by_application &&
                    verdict_question == Question::none && SSL_get0_peer_certificate(ssl.get()) != nullptr;
  if (asks) {
    verdict_question = Question::asked;
    return Progress::wants_verdict;
  }
  if (!is_server()) keep_renewed_ticket();
  is_done = true;
  certificate = nullptr;
  return Progress::done;
}

TlsEngine::Progress TlsEngine::stop(int ssl_error) noexcept {
  switch (ssl_error) {
    case SSL_ERROR_WANT_READ:
      if (!input_has_ended) return Progress::wants_bytes;
      fail(TlsFault::truncated, "the connection ended in the handshake");
      return Progress::failed;
    case SSL_ERROR_WANT_X509_LOOKUP:
      return std::exchange(wants_signature, false) ? Progress::wants_signature : Progress::wants_certificate;
    case SSL_ERROR_WANT_RETRY_VERIFY: return Progress::wants_verdict;
    case SSL_ERROR_ZERO_RETURN: fail(TlsFault::truncated, "the peer left in the handshake"); return Progress::failed;
    default: fail_by_openssl(); return Progress::failed;
  }
}

Result<std::size_t> TlsEngine::read(MutableBytes buffer) noexcept {
  if (failure) return Errc::bad_message;
  if (!is_done) return Errc::invalid_argument;
  const EmptyErrorQueue errors;
  std::size_t total = 0;
  while (total < buffer.size() && !has_ended && (has_input() || SSL_pending(ssl.get()) > 0)) {
    std::size_t size = 0;
    if (SSL_read_ex(ssl.get(), buffer.data() + total, buffer.size() - total, &size) == 1) {
      total += size;
      continue;
    }
    const int error = SSL_get_error(ssl.get(), 0);
    if (error == SSL_ERROR_WANT_READ) continue;  // a part of a record, or one without data
    if (error == SSL_ERROR_ZERO_RETURN) {
      has_ended = true;
      drop_input();
      break;
    }
    fail_by_openssl();
    break;
  }
  if (total != 0 || has_ended) return total;
  if (!failure && input_has_ended && !has_input() && !buffer.empty()) {
    fail(TlsFault::truncated, "the connection ended without a close_notify");
  }
  if (failure) return Errc::bad_message;
  return std::size_t{0};
}

Result<std::size_t> TlsEngine::write(Bytes plain, MutableBytes room) noexcept {
  if (failure) return Errc::bad_message;
  if (is_closed) return Errc::closed;
  if (!is_done || !owed.empty() || room.size() < TlsSession::bound(plain.size())) return Errc::invalid_argument;
  if (plain.empty()) return std::size_t{0};
  const EmptyErrorQueue errors;
  room_ = room;
  room_used_ = 0;
  writes_to_room_ = true;
  std::size_t written = 0;
  const int outcome = SSL_write_ex(ssl.get(), plain.data(), plain.size(), &written);
  writes_to_room_ = false;
  room_ = {};
  if (outcome == 1) return room_used_;
  fail_by_openssl();
  return Errc::bad_message;
}

void TlsEngine::close() noexcept {
  if (failure || !is_done || is_closed) return;
  const EmptyErrorQueue errors;
  is_closed = true;
  SSL_shutdown(ssl.get());
}

bool TlsEngine::install_certificate() noexcept {
  const CertificateState& state = *certificate;
  if (SSL_use_cert_and_key(ssl.get(), state.own.get(), state.key.get(), state.issuers.get(), 1) != 1) return false;
  certificate_is_set = true;
  return true;
}

bool TlsEngine::is_expired(const X509* peer) const noexcept {
  auto now = static_cast<time_t>(wall_time.value_or(0));
  return X509_cmp_time(X509_get0_notAfter(peer), wall_time ? &now : nullptr) < 0;
}

void TlsEngine::fail(TlsFault fault, std::string_view text) noexcept {
  failure = TlsFailure{fault, one_line(fault, text)};
  if (alert_sent) failure.set_alert_sent(*alert_sent);
  if (alert_received) failure.set_alert_received(*alert_received);
  drop_input();
}

void TlsEngine::fail_by_openssl() noexcept {
  if (broken_ == Broken::memory) return fail(TlsFault::out_of_memory, "no memory for what is owed");
  if (broken_ == Broken::flood) return fail(TlsFault::flood, "the peer asks for more answers than it reads");
  unsigned long reason = 0;
  while (const unsigned long error = ERR_get_error()) {
    const bool is_memory = ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
    if (reason == 0 ? ERR_GET_LIB(error) == ERR_LIB_SSL || is_memory : is_memory) reason = error;
  }
  if (ERR_GET_REASON(reason) == ERR_R_MALLOC_FAILURE) return fail(TlsFault::out_of_memory, "OpenSSL has no memory");
  if (alert_received) return fail(TlsFault::peer_alert, name(*alert_received));
  if (has_bad_name) return fail(TlsFault::bad_server_name, "the server name that the client asks for is no host");
  if (ERR_GET_REASON(reason) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    if (verdict_question == Question::refused) {
      return fail(TlsFault::peer_refused, "the application refused the server's certificate");
    }
    if (has_wrong_pin) return fail(TlsFault::wrong_pin, "no key of the chain is pinned");
    const long verdict = SSL_get_verify_result(ssl.get());
    return fail(fault_of_verification(verdict), X509_verify_cert_error_string(verdict));
  }
  const char* const text = reason == 0 ? nullptr : ERR_reason_error_string(reason);
  fail(reason == 0 ? TlsFault::internal : fault_of_reason(ERR_GET_REASON(reason)),
       text == nullptr ? "no reason" : text);
}

}  // namespace gyre::detail
