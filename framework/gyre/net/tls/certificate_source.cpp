#include <gyre/net/tls/certificate_source.hpp>

#include <gyre/net/tls/failure.hpp>

namespace gyre {
namespace {

struct Always {
  Certificate certificate;

  Task<Certificate> operator()(ServerName) const { return copy(certificate); }
  static Task<Certificate> copy(Certificate certificate) { co_return certificate; }
};

}  // namespace

ServerName::ServerName(std::string_view text) : text_(text) {
  if (text_.ends_with('.')) text_.pop_back();
  for (char& letter : text_) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
}

CertificateSource::Provided::~Provided() = default;

CertificateSource::CertificateSource(Certificate certificate) : CertificateSource(Always{std::move(certificate)}) {}

Task<Certificate> CertificateSource::ask(Shared<Provided> provided, ServerName name) {
  Task<Certificate> finding = provided->find(std::move(name));
  Certificate certificate = co_await std::move(finding);
  if (!certificate) throw TlsFailure{TlsFault::unknown_name, "unknown_name: no certificate for this server name"};
  co_return certificate;
}

Task<> CertificateSource::keep([[maybe_unused]] Shared<Provided> provided, Task<> running) {
  if (running) co_await std::move(running);
}

TlsAlert alert_for(const std::exception_ptr& failure) noexcept {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const TlsFailure& known) {
    if (known.fault() == TlsFault::unknown_name) return TlsAlert::unrecognized_name;
  } catch (...) {
    // ours to explain in the log, and nobody else's business
  }
  return TlsAlert::internal_error;
}

}  // namespace gyre
