#include <gyre/net/tls/internal/faults.hpp>

#include <gyre/net/tls/internal/openssl.hpp>

namespace gyre::detail {

TlsFault fault_of_verification(long verdict) noexcept {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return TlsFault::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return TlsFault::not_yet_valid;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED: return TlsFault::unknown_issuer;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return TlsFault::self_signed;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return TlsFault::invalid_issuer;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return TlsFault::wrong_host;
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_CERT_REJECTED: return TlsFault::wrong_key_usage;
    case X509_V_ERR_CERT_REVOKED: return TlsFault::revoked;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: return TlsFault::bad_signature;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK: return TlsFault::weak_key;
    case X509_V_ERR_OUT_OF_MEM: return TlsFault::out_of_memory;
    default: return TlsFault::bad_certificate;
  }
}

TlsFault fault_of_reason(int reason) noexcept {
  if (reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) return TlsFault::peer_alert;
  switch (reason) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return TlsFault::no_certificate;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_INAPPROPRIATE_FALLBACK:
    case SSL_R_BAD_PROTOCOL_VERSION_NUMBER: return TlsFault::protocol_version;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_CIPHERS_AVAILABLE:
    case SSL_R_NO_CIPHERS_SPECIFIED:
    case SSL_R_NO_SHARED_GROUPS:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_UNSUPPORTED_ELLIPTIC_CURVE: return TlsFault::no_common_cipher;
    case SSL_R_NO_APPLICATION_PROTOCOL: return TlsFault::no_common_alpn;
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST: return TlsFault::not_tls;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return TlsFault::truncated;
    case SSL_R_BAD_SIGNATURE: return TlsFault::bad_signature;
    case SSL_R_EE_KEY_TOO_SMALL:
    case SSL_R_CA_KEY_TOO_SMALL:
    case SSL_R_CA_MD_TOO_WEAK:
    case SSL_R_DH_KEY_TOO_SMALL: return TlsFault::weak_key;
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
    case SSL_R_DECRYPTION_FAILED:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_BAD_PACKET:
    case SSL_R_LENGTH_TOO_SHORT:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_DATA_LENGTH_TOO_LONG:
    case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_RECORD_TOO_SMALL: return TlsFault::bad_record;
    case ERR_R_MALLOC_FAILURE: return TlsFault::out_of_memory;
    case ERR_R_INTERNAL_ERROR: return TlsFault::internal;
    default: return TlsFault::bad_handshake;
  }
}

int verification_of_alert(TlsAlert alert) noexcept {
  switch (alert) {
    case TlsAlert::unknown_ca: return X509_V_ERR_CERT_UNTRUSTED;
    case TlsAlert::bad_certificate: return X509_V_ERR_CERT_REJECTED;
    case TlsAlert::unsupported_certificate: return X509_V_ERR_INVALID_PURPOSE;
    case TlsAlert::certificate_revoked: return X509_V_ERR_CERT_REVOKED;
    case TlsAlert::certificate_expired: return X509_V_ERR_CERT_HAS_EXPIRED;
    case TlsAlert::internal_error: return X509_V_ERR_UNSPECIFIED;
    default: return X509_V_ERR_APPLICATION_VERIFICATION;
  }
}

}  // namespace gyre::detail
