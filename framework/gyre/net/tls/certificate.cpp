#include <gyre/net/tls/certificate.hpp>

#include <gyre/net/tls/internal/certificate_state.hpp>
#include <gyre/net/tls/internal/certificate_text.hpp>
#include <gyre/net/tls/internal/x509.hpp>

#include <algorithm>
#include <new>

namespace gyre {

using detail::CertificateState;

namespace {

/// Fills in what is read off the certificates.
void describe(CertificateState& state) {
  state.names = detail::names_of(state.own.get());
  const detail::Sha256 digest = detail::certificate_digest(state.own.get());
  state.fingerprint = detail::hexadecimal(digest.data(), digest.size());
  state.pin = detail::base64(detail::key_digest(state.own.get()));
  state.not_before = detail::time_of(X509_get0_notBefore(state.own.get()));
  state.not_after = detail::time_of(X509_get0_notAfter(state.own.get()));
  for (int i = 0; i < sk_X509_num(state.issuers.get()); ++i) {
    const X509* const issuer = sk_X509_value(state.issuers.get(), i);
    state.not_before = std::max(state.not_before, detail::time_of(X509_get0_notBefore(issuer)));
    state.not_after = std::min(state.not_after, detail::time_of(X509_get0_notAfter(issuer)));
  }
}

}  // namespace

Certificate::Certificate(Shared<const CertificateState> state) noexcept : state_(std::move(state)) {}

CertificateResult<Certificate> Certificate::parse(std::string_view chain_pem, std::string_view key_pem,
                                                  std::string_view password) {
  const detail::EmptyErrorQueue errors;
  auto state = Shared<CertificateState>::make();
  if (auto error = detail::read_chain(chain_pem, *state)) return error;
  if (auto error = detail::read_key(key_pem, password, *state)) return error;
  if (auto error = detail::check_key(*state)) return error;
  if (auto error = detail::check_chain(*state)) return error;
  describe(*state);
  return Certificate{std::move(state)};
}

CertificateError Certificate::check_dates(Duration now) const {
  if (state_ == nullptr) return {CertificateFault::no_certificate, "no_certificate: there is none"};
  if (now < not_before()) return {CertificateFault::not_yet_valid, "not_yet_valid: the chain's time has not come"};
  if (now > not_after()) return {CertificateFault::expired, "expired: the chain's time is over"};
  return {};
}

Duration Certificate::not_before() const noexcept { return state_ == nullptr ? Duration{} : state_->not_before; }
Duration Certificate::not_after() const noexcept { return state_ == nullptr ? Duration{} : state_->not_after; }

namespace {
const CertificateState& none() noexcept {
  static const CertificateState state;
  return state;
}
}  // namespace

const std::vector<std::string>& Certificate::names() const noexcept { return (state_ ? *state_ : none()).names; }
const std::string& Certificate::fingerprint() const noexcept { return (state_ ? *state_ : none()).fingerprint; }
const std::string& Certificate::pin() const noexcept { return (state_ ? *state_ : none()).pin; }
bool Certificate::signs_slowly() const noexcept { return state_ != nullptr && state_->signs_slowly; }

bool Certificate::covers(std::string_view host) const noexcept {
  if (state_ == nullptr) return false;
  try {
    const detail::EmptyErrorQueue errors;
    const std::string name = detail::normal_host(host);
    if (name.empty()) return false;
    if (detail::is_ip_address(name)) return X509_check_ip_asc(state_->own.get(), name.c_str(), 0) == 1;
    return X509_check_host(state_->own.get(), name.data(), name.size(), detail::host_flags, nullptr) == 1;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace gyre
