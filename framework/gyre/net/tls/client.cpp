#include <gyre/net/tls/client.hpp>

#include <gyre/net/tls/internal/callbacks.hpp>
#include <gyre/net/tls/internal/certificate_text.hpp>
#include <gyre/net/tls/internal/client_state.hpp>
#include <gyre/net/tls/internal/context.hpp>

#include <new>

namespace gyre {

using detail::certificate_error;
using detail::TlsClientState;

namespace {

CertificateError set_trust(const TlsClientOptions& options, SSL_CTX* context) {
  if (options.verification == TlsVerification::nothing_any_server) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return {};
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (options.verification == TlsVerification::pinned_key_only) return {};
  if (!options.trust.empty()) return detail::read_trust(options.trust, SSL_CTX_get_cert_store(context), nullptr);
  if (SSL_CTX_set_default_verify_paths(context) != 1) throw std::bad_alloc{};
  return {};
}

CertificateError set_pins(const TlsClientOptions& options, TlsClientState& state) {
  for (const std::string& pin : options.pins) {
    if (!detail::decode_pin(pin, state.pins.emplace_back())) {
      return certificate_error(CertificateFault::bad_pin, "a pin is no SHA-256 in base64");
    }
  }
  if (options.verification == TlsVerification::pinned_key_only && options.pins.empty()) {
    return certificate_error(CertificateFault::bad_options, "keys are to be pinned, and there are no pins");
  }
  if (options.verification == TlsVerification::nothing_any_server && !options.pins.empty()) {
    return certificate_error(CertificateFault::bad_options, "there are pins, and nothing is to be verified");
  }
  return {};
}

}  // namespace

TlsClient::TlsClient(Shared<TlsClientState> state) noexcept : state_(std::move(state)) {}

CertificateResult<TlsClient> TlsClient::make(const TlsClientOptions& options) {
  const detail::EmptyErrorQueue errors;
  auto state = Shared<TlsClientState>::make(options);
  state->context = detail::make_context(TLS_client_method(), options.version_min);
  SSL_CTX* const context = state->context.get();
  if (options.version_max < options.version_min) {
    return certificate_error(CertificateFault::bad_options, "the newest version of TLS is older than the oldest");
  }
  if (options.version_max == TlsVersion::tls_1_2) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  if (auto error = set_pins(options, *state)) return error;
  if (auto error = set_trust(options, context)) return error;
  std::string alpn;
  if (auto error = detail::write_alpn(options.alpn, alpn)) return error;
  const auto* const protocols = reinterpret_cast<const unsigned char*>(alpn.data());
  if (!alpn.empty() && SSL_CTX_set_alpn_protos(context, protocols, static_cast<unsigned>(alpn.size())) != 0) {
    throw std::bad_alloc{};
  }
  if (options.certificate) detail::set_certificate(context, *options.certificate.state_);
  const bool keeps = options.tickets == TlsTickets::on;
  SSL_CTX_set_session_cache_mode(context,
                                 keeps ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
  if (!keeps) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  detail::set_client_callbacks(*state);
  return TlsClient{std::move(state)};
}

}  // namespace gyre
