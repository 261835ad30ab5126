#include <gyre/net/tls/internal/self_signed.hpp>

#include <gyre/net/tls/internal/openssl.hpp>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>

#include <memory>
#include <stdexcept>

namespace gyre::detail {
namespace {

using ExtensionPointer = std::unique_ptr<X509_EXTENSION, OpensslFree<X509_EXTENSION_free>>;
using NumberPointer = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;

void check(bool done, const char* what) {
  if (done) return;
  throw std::runtime_error{std::string{"OpenSSL cannot make a certificate: "} + what};
}

void set_time(ASN1_TIME* field, Duration since_epoch) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
  check(ASN1_TIME_set(field, static_cast<time_t>(seconds)) != nullptr, "dates");
}

/// 127 random bits: the same issuer name never has one number twice (RFC 5280 4.1.2.2).
void set_serial(X509& certificate) {
  const NumberPointer number{BN_new()};
  check(number && BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1, "serial number");
  check(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr, "serial number");
}

void set_name(X509& certificate, const std::string& common_name) {
  X509_NAME* const name = X509_get_subject_name(&certificate);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(common_name.data());
  const int size = static_cast<int>(common_name.size());
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes, size, -1, 0) == 1, "name");
  check(X509_set_issuer_name(&certificate, name) == 1, "issuer");
}

void add(X509& certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  const ExtensionPointer extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
  check(extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1, OBJ_nid2sn(kind));
}

std::string text_of(BIO& memory) {
  const char* data = nullptr;
  const long size = BIO_get_mem_data(&memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

SelfSigned make_self_signed(const SelfSignedOptions& options) {
  const EmptyErrorQueue no_errors;
  const bool is_edwards = options.key == SelfSignedKey::ed25519;
  const KeyPointer key{is_edwards ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : EVP_EC_gen("P-256")};
  const CertificatePointer certificate{X509_new()};
  check(key && certificate, "key");
  check(X509_set_version(certificate.get(), X509_VERSION_3) == 1, "version");
  set_serial(*certificate);
  set_name(*certificate, options.common_name);
  set_time(X509_getm_notBefore(certificate.get()), options.not_before);
  set_time(X509_getm_notAfter(certificate.get()), options.not_after);
  check(X509_set_pubkey(certificate.get(), key.get()) == 1, "public key");
  add(*certificate, NID_basic_constraints, "critical,CA:FALSE");
  add(*certificate, NID_key_usage, "critical,digitalSignature");
  add(*certificate, NID_ext_key_usage, options.usage.c_str());
  add(*certificate, NID_subject_key_identifier, "hash");
  add(*certificate, NID_subject_alt_name, options.names.c_str());
  check(X509_sign(certificate.get(), key.get(), is_edwards ? nullptr : EVP_sha256()) > 0, "signature");

  // Memory of OpenSSL's that it wipes when it is freed.
  const BioPointer key_text{BIO_new(BIO_s_secmem())};
  const BioPointer chain_text{BIO_new(BIO_s_mem())};
  check(key_text && chain_text, "memory");
  check(PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "PEM");
  check(PEM_write_bio_X509(chain_text.get(), certificate.get()) == 1, "PEM");
  return {.chain = text_of(*chain_text), .key = text_of(*key_text)};
}

void wipe(std::string& secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace gyre::detail
