#include <gyre/net/tls/certificate_error.hpp>

namespace gyre {

std::string_view name(CertificateFault fault) noexcept {
  switch (fault) {
    case CertificateFault::none: return "none";
    case CertificateFault::no_certificate: return "no_certificate";
    case CertificateFault::bad_certificate: return "bad_certificate";
    case CertificateFault::no_key: return "no_key";
    case CertificateFault::bad_key: return "bad_key";
    case CertificateFault::key_encrypted: return "key_encrypted";
    case CertificateFault::wrong_password: return "wrong_password";
    case CertificateFault::unsupported_key: return "unsupported_key";
    case CertificateFault::wrong_key: return "wrong_key";
    case CertificateFault::weak_key: return "weak_key";
    case CertificateFault::weak_signature: return "weak_signature";
    case CertificateFault::not_a_chain: return "not_a_chain";
    case CertificateFault::expired: return "expired";
    case CertificateFault::not_yet_valid: return "not_yet_valid";
    case CertificateFault::bad_pin: return "bad_pin";
    case CertificateFault::bad_protocol: return "bad_protocol";
    case CertificateFault::bad_options: return "bad_options";
    case CertificateFault::out_of_memory: return "out_of_memory";
  }
  return "unknown";
}

}  // namespace gyre
