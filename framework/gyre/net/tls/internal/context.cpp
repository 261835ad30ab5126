#include <gyre/net/tls/internal/context.hpp>

#include <gyre/net/tls/internal/certificate_text.hpp>

#include <new>

namespace gyre::detail {
namespace {

// Forward secrecy and authenticated encryption only. AES first: the processors that servers run on have it in hardware.
constexpr const char* ciphers_1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* ciphers_1_3 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* groups = "X25519:P-256:P-384";

constexpr int security_level = 2;  // 112 bits in keys and signatures of certificates
constexpr int chain_depth_max = 8;

// A client without AES in hardware puts ChaCha20 first, and is followed.
constexpr std::uint64_t options =
    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
// A chain is sent as it was given: OpenSSL would complete it from what is trusted.
constexpr long modes = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN;

}  // namespace

SslContextPointer make_context(const SSL_METHOD* method, TlsVersion version_min) {
  SslContextPointer context{SSL_CTX_new(method)};
  if (context == nullptr) throw std::bad_alloc{};
  SSL_CTX* const made = context.get();
  SSL_CTX_set_security_level(made, security_level);
  const int oldest = version_min == TlsVersion::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
  const bool is_set = SSL_CTX_set_min_proto_version(made, oldest) == 1 &&
                      SSL_CTX_set_max_proto_version(made, TLS1_3_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(made, ciphers_1_2) == 1 &&
                      SSL_CTX_set_ciphersuites(made, ciphers_1_3) == 1 && SSL_CTX_set1_groups_list(made, groups) == 1;
  if (!is_set) throw std::bad_alloc{};
  SSL_CTX_set_options(made, options);
  SSL_CTX_clear_options(made, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                  SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION | SSL_OP_ALLOW_NO_DHE_KEX);
  SSL_CTX_set_mode(made, modes);
  SSL_CTX_set_verify_depth(made, chain_depth_max);
  SSL_CTX_set_max_early_data(made, 0);
  return context;
}

void set_certificate(SSL_CTX* context, const CertificateState& certificate) {
  if (SSL_CTX_use_cert_and_key(context, certificate.own.get(), certificate.key.get(), certificate.issuers.get(), 1) !=
      1) {
    throw std::bad_alloc{};
  }
}

CertificateError write_alpn(const std::vector<std::string>& names, std::string& out) {
  for (const std::string& name : names) {
    if (name.empty() || name.size() > 255) {
      return certificate_error(CertificateFault::bad_protocol, "an ALPN name has 1 to 255 bytes");
    }
    out += static_cast<char>(name.size());
    out += name;
  }
  if (out.size() > 1024) return certificate_error(CertificateFault::bad_protocol, "there are too many ALPN names");
  return {};
}

}  // namespace gyre::detail
