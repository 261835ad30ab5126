// What OpenSSL calls in the middle of a connection. None of it may throw.

#include <gyre/net/tls/internal/callbacks.hpp>

#include <gyre/net/tls/internal/certificate_state.hpp>
#include <gyre/net/tls/internal/client_hello.hpp>
#include <gyre/net/tls/internal/engine.hpp>
#include <gyre/net/tls/internal/faults.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace gyre::detail {
namespace {

using Question = TlsEngine::Question;

void note_alert(const SSL* ssl, int where, int value) noexcept {
  if ((where & SSL_CB_ALERT) == 0) return;
  const int level = value >> 8;
  const auto alert = static_cast<TlsAlert>(value & 0xff);
  if (level != SSL3_AL_FATAL) return;
  auto& engine = engine_of(ssl);
  ((where & SSL_CB_READ) != 0 ? engine.alert_received : engine.alert_sent) = alert;
}

int read_hello(SSL* ssl, int* alert, void* /*unused*/) noexcept {
  auto& engine = engine_of(ssl);
  const unsigned char* content = nullptr;
  std::size_t size = 0;
  std::string name;
  try {
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &content, &size) == 1) {
      const auto wrong = read_server_name({content, size}, name);
      engine.has_bad_name = wrong.has_value();
      if (wrong) *alert = static_cast<int>(*wrong);
    }
  } catch (const std::bad_alloc&) {
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
  }
  // The second hello, after the server has asked for another key share, is the same but for that (RFC 8446 4.1.2).
  if (engine.has_hello && name != engine.server_name) {
    engine.has_bad_name = true;
    *alert = SSL_AD_ILLEGAL_PARAMETER;
  }
  engine.has_hello = true;
  engine.server_name = std::move(name);
  return engine.has_bad_name ? SSL_CLIENT_HELLO_ERROR : SSL_CLIENT_HELLO_SUCCESS;
}

int acknowledge_name(SSL* ssl, int* /*alert*/, void* /*unused*/) noexcept {
  return engine_of(ssl).server_name.empty() ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_OK;
}

/// OpenSSL is about to need our certificate: 1 to go on, -1 to come back, 0 to fail. It is not called if the session
/// goes on with a ticket.
int provide_certificate(SSL* ssl, void* /*unused*/) noexcept {
  auto& engine = engine_of(ssl);
  if (!engine.certificate_is_set && engine.is_server()) {
    if (engine.certificate_question != Question::accepted) {
      engine.certificate_question = Question::asked;
      return -1;
    }
    if (!engine.install_certificate()) return 0;
  }
  if (engine.signs_slowly && !engine.signature_is_announced) {
    engine.signature_is_announced = true;
    engine.signs_next = true;
    engine.wants_signature = true;
    return -1;
  }
  engine.signs_next = false;
  return 1;
}

int choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void* /*unused*/) noexcept {
  const std::string& ours = engine_of(ssl).server->alpn;
  unsigned char* found = nullptr;
  const auto* const list = reinterpret_cast<const unsigned char*>(ours.data());
  const int outcome =
      SSL_select_next_proto(&found, chosen_size, list, static_cast<unsigned>(ours.size()), offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

int cipher_ticket(SSL* ssl, unsigned char* name, unsigned char* start, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                  int sealing) noexcept {
  TicketKeys& keys = engine_of(ssl).server->keys;
  return sealing != 0 ? keys.seal(name, start, cipher, mac) : keys.open(name, start, cipher, mac);
}

/// A ticket is good for the name that it was given under (RFC 6066 3): what is served under another one may have other
/// rules.
int bind_ticket(SSL* ssl, void* /*unused*/) noexcept {
  const std::string& name = engine_of(ssl).server_name;
  return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), name.data(), name.size());
}

SSL_TICKET_RETURN judge_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char* /*key*/, std::size_t /*size*/,
                               SSL_TICKET_STATUS status, void* /*unused*/) noexcept {
  if (status == SSL_TICKET_FATAL_ERR_MALLOC || status == SSL_TICKET_FATAL_ERR_OTHER) return SSL_TICKET_RETURN_ABORT;
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
  void* data = nullptr;
  std::size_t size = 0;
  SSL_SESSION_get0_ticket_appdata(session, &data, &size);
  const std::string_view name{static_cast<const char*>(data), size};
  if (name != engine_of(ssl).server_name) return SSL_TICKET_RETURN_IGNORE_RENEW;
  // Who has shown a certificate comes back no longer than it is valid.
  X509* const peer = SSL_SESSION_get0_peer(session);
  if (peer != nullptr && engine_of(ssl).is_expired(peer)) return SSL_TICKET_RETURN_IGNORE_RENEW;
  const bool renews = status == SSL_TICKET_SUCCESS_RENEW || SSL_version(ssl) == TLS1_3_VERSION;
  return renews ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_USE;
}

bool has_pin(const TlsClientState& client, const X509* certificate) noexcept {
  return std::ranges::find(client.pins, key_digest(certificate)) != client.pins.end();
}

/// What the client demands of the chain beyond OpenSSL's own rules.
bool is_pinned(const TlsClientState& client, X509_STORE_CTX* chain) noexcept {
  const STACK_OF(X509)* const certificates = X509_STORE_CTX_get0_chain(chain);
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    if (has_pin(client, sk_X509_value(certificates, i))) return true;
  }
  return false;
}

/// Where there are revocation lists, whoever issued a certificate must have one; but the last of a chain is trusted
/// because it was given, and its own issuer has no say.
int excuse_last(int is_fine, X509_STORE_CTX* chain) noexcept {
  if (is_fine == 1 || X509_STORE_CTX_get_error(chain) != X509_V_ERR_UNABLE_TO_GET_CRL) return is_fine;
  const int last = sk_X509_num(X509_STORE_CTX_get0_chain(chain)) - 1;
  if (last == 0 || X509_STORE_CTX_get_error_depth(chain) != last) return 0;
  X509_STORE_CTX_set_error(chain, X509_V_OK);
  return 1;
}

bool is_trusted(X509_STORE_CTX* chain) noexcept {
  X509_STORE_CTX_set_verify_cb(chain, excuse_last);
  return X509_verify_cert(chain) == 1;
}

bool obeys_rules(const TlsEngine& engine, X509_STORE_CTX* chain) noexcept {
  if (engine.is_server()) return is_trusted(chain);
  const TlsClientState& client = *engine.client;
  if (client.verification == TlsVerification::nothing_any_server) return true;
  if (client.verification == TlsVerification::full) {
    if (!is_trusted(chain)) return false;
    if (client.pins.empty() || is_pinned(client, chain)) return true;
  } else if (has_pin(client, X509_STORE_CTX_get0_cert(chain))) {
    return true;
  }
  X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return false;
}

int verify_peer(X509_STORE_CTX* chain, void* /*unused*/) noexcept {
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& engine = engine_of(ssl);
  if (engine.verdict_question == Question::refused) {
    X509_STORE_CTX_set_error(chain, verification_of_alert(engine.refusal));
    return 0;
  }
  if (engine.verdict_question == Question::accepted) {
    X509_STORE_CTX_set_error(chain, X509_V_OK);
    return 1;
  }
  if (!obeys_rules(engine, chain)) {
    engine.has_wrong_pin = X509_STORE_CTX_get_error(chain) == X509_V_ERR_APPLICATION_VERIFICATION;
    return 0;
  }
  // A server asks at the end: OpenSSL cannot stop there.
  if (!engine.is_server() && engine.client->verdict == TlsVerdict::by_application) {
    engine.verdict_question = Question::asked;
    SSL_set_retry_verify(ssl);
  }
  return 1;
}

int keep_ticket(SSL* ssl, SSL_SESSION* session) noexcept {
  const auto& engine = engine_of(ssl);
  if (SSL_SESSION_is_resumable(session) != 1) return 0;
  try {
    engine.client->keep(engine.host, SessionPointer{session});
    return 1;
  } catch (const std::bad_alloc&) {
    return 1;  // it was freed
  }
}

}  // namespace

void set_server_callbacks(TlsServerState& server) {
  SSL_CTX* const context = server.context.get();
  SSL_CTX_set_info_callback(context, note_alert);
  SSL_CTX_set_client_hello_cb(context, read_hello, nullptr);
  SSL_CTX_set_tlsext_servername_callback(context, acknowledge_name);
  SSL_CTX_set_cert_cb(context, provide_certificate, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_peer, nullptr);
  if (!server.alpn.empty()) SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, cipher_ticket);
  SSL_CTX_set_session_ticket_cb(context, bind_ticket, judge_ticket, nullptr);
}

void set_client_callbacks(TlsClientState& client) {
  SSL_CTX* const context = client.context.get();
  SSL_CTX_set_info_callback(context, note_alert);
  SSL_CTX_set_cert_cb(context, provide_certificate, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_peer, nullptr);
  SSL_CTX_sess_set_new_cb(context, keep_ticket);
}

}  // namespace gyre::detail
