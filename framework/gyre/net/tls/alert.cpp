#include <gyre/net/tls/alert.hpp>

namespace gyre {

std::string_view name(TlsAlert alert) noexcept {
  switch (alert) {
    case TlsAlert::close_notify: return "close_notify";
    case TlsAlert::unexpected_message: return "unexpected_message";
    case TlsAlert::bad_record_mac: return "bad_record_mac";
    case TlsAlert::record_overflow: return "record_overflow";
    case TlsAlert::handshake_failure: return "handshake_failure";
    case TlsAlert::bad_certificate: return "bad_certificate";
    case TlsAlert::unsupported_certificate: return "unsupported_certificate";
    case TlsAlert::certificate_revoked: return "certificate_revoked";
    case TlsAlert::certificate_expired: return "certificate_expired";
    case TlsAlert::certificate_unknown: return "certificate_unknown";
    case TlsAlert::illegal_parameter: return "illegal_parameter";
    case TlsAlert::unknown_ca: return "unknown_ca";
    case TlsAlert::access_denied: return "access_denied";
    case TlsAlert::decode_error: return "decode_error";
    case TlsAlert::decrypt_error: return "decrypt_error";
    case TlsAlert::protocol_version: return "protocol_version";
    case TlsAlert::insufficient_security: return "insufficient_security";
    case TlsAlert::internal_error: return "internal_error";
    case TlsAlert::inappropriate_fallback: return "inappropriate_fallback";
    case TlsAlert::user_canceled: return "user_canceled";
    case TlsAlert::no_renegotiation: return "no_renegotiation";
    case TlsAlert::missing_extension: return "missing_extension";
    case TlsAlert::unsupported_extension: return "unsupported_extension";
    case TlsAlert::unrecognized_name: return "unrecognized_name";
    case TlsAlert::bad_certificate_status_response: return "bad_certificate_status_response";
    case TlsAlert::unknown_psk_identity: return "unknown_psk_identity";
    case TlsAlert::certificate_required: return "certificate_required";
    case TlsAlert::no_application_protocol: return "no_application_protocol";
  }
  return "unknown";
}

}  // namespace gyre
