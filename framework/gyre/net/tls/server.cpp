#include <gyre/net/tls/server.hpp>

#include <gyre/net/tls/internal/callbacks.hpp>
#include <gyre/net/tls/internal/certificate_text.hpp>
#include <gyre/net/tls/internal/context.hpp>
#include <gyre/net/tls/internal/server_state.hpp>

#include <new>
#include <string_view>

namespace gyre {
namespace {

using detail::certificate_error;
using detail::TlsServerState;

// Ones that clients keep for the next connections; each costs an encryption and 200 bytes.
constexpr std::size_t tickets_per_handshake = 2;
constexpr Duration ticket_period_max = std::chrono::hours(72);  // RFC 8446 4.6.1: a ticket lives for a week at most

CertificateError set_clients(const TlsServerOptions& options, SSL_CTX* context) {
  if (options.client_certificates == TlsClientCertificates::none) return {};
  STACK_OF(X509_NAME)* const names = sk_X509_NAME_new_null();
  if (names == nullptr) throw std::bad_alloc{};
  SSL_CTX_set0_CA_list(context, names);
  if (auto error = detail::read_trust(options.client_trust, SSL_CTX_get_cert_store(context), names)) return error;
  const bool is_required = options.client_certificates == TlsClientCertificates::mandatory;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  return {};
}

void set_tickets(const TlsServerOptions& options, SSL_CTX* context) {
  constexpr std::string_view name = "gyre";  // without one OpenSSL resumes nothing where clients are verified
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(name.data()), name.size());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (options.tickets == TlsTickets::off) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    return;
  }
  SSL_CTX_set_num_tickets(context, tickets_per_handshake);
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(2 * options.ticket_period);
  SSL_CTX_set_timeout(context, static_cast<long>(life.count()));
}

}  // namespace

TlsServer::TlsServer(Shared<TlsServerState> state) noexcept : state_(std::move(state)) {}

CertificateResult<TlsServer> TlsServer::make(const TlsServerOptions& options) {
  const detail::EmptyErrorQueue errors;
  if (options.ticket_period < std::chrono::seconds(1) || options.ticket_period > ticket_period_max) {
    return certificate_error(CertificateFault::bad_options, "a ticket period is one second to three days");
  }
  if (options.client_certificates == TlsClientCertificates::none &&
      (!options.client_trust.empty() || options.client_verdict != TlsVerdict::by_rules)) {
    return certificate_error(CertificateFault::bad_options, "clients are to be judged and not asked for certificates");
  }
  auto state = Shared<TlsServerState>::make(options);
  state->context = detail::make_context(TLS_server_method(), options.version_min);
  SSL_CTX* const context = state->context.get();
  if (auto error = detail::write_alpn(options.alpn, state->alpn)) return error;
  if (auto error = set_clients(options, context)) return error;
  if (options.certificate) detail::set_certificate(context, *options.certificate.state_);
  set_tickets(options, context);
  detail::set_server_callbacks(*state);
  return TlsServer{std::move(state)};
}

bool TlsServer::rotate(Duration now) const noexcept { return state_ != nullptr && state_->keys.rotate(now); }

}  // namespace gyre
