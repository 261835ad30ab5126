#include "tls_authority.hpp"

#include <gyre/base/assert.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <atomic>

namespace tls_test {
namespace {

struct Free {
  void operator()(X509* object) const noexcept { X509_free(object); }
  void operator()(X509_CRL* object) const noexcept { X509_CRL_free(object); }
  void operator()(EVP_PKEY* object) const noexcept { EVP_PKEY_free(object); }
  void operator()(BIO* object) const noexcept { BIO_free(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<EVP_PKEY> make_key(KeyKind kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case KeyKind::p256: key = EVP_EC_gen("P-256"); break;
    case KeyKind::p384: key = EVP_EC_gen("P-384"); break;
    case KeyKind::brainpool: key = EVP_EC_gen("brainpoolP256r1"); break;
    case KeyKind::rsa_2048: key = EVP_RSA_gen(2048); break;
    case KeyKind::rsa_1024: key = EVP_RSA_gen(1024); break;
    case KeyKind::ed25519: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
  }
  GYRE_ASSERT(key != nullptr);
  return Owned<EVP_PKEY>{key};
}

void set_time(ASN1_TIME* time, gyre::Duration at) {
  ASN1_TIME_set(time, std::chrono::duration_cast<std::chrono::seconds>(at).count());
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Owned<BIO> bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Owned<BIO> bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

Owned<X509> read_certificate(const std::string& pem) {
  const Owned<BIO> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  return Owned<X509>{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  GYRE_ASSERT(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    const bool is_address = name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == name.npos;
    text.append(text.empty() ? "" : ",").append(is_address ? "IP:" : "DNS:").append(name);
  }
  return text;
}

enum class Role : unsigned char { authority, leaf };

/// `issuer` null: it signs itself.
Owned<X509> make_certificate(const Wanted& wanted, Role role, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  static std::atomic<long> serial{1000};
  Owned<X509> certificate{X509_new()};
  X509* const made = certificate.get();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  X509_NAME* const name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(wanted.subject.c_str()),
                             -1, -1, 0);
  X509* const above = issuer == nullptr ? made : issuer;
  X509_set_issuer_name(made, X509_get_subject_name(above));
  set_time(X509_getm_notBefore(made), wanted.starts);
  set_time(X509_getm_notAfter(made), wanted.ends);
  X509_set_pubkey(made, key);
  extend(made, above, NID_basic_constraints, role == Role::authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  extend(made, above, NID_key_usage,
         role == Role::authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (role == Role::leaf && wanted.purpose != Purpose::any) {
    extend(made, above, NID_ext_key_usage, wanted.purpose == Purpose::server ? "serverAuth" : "clientAuth");
  }
  if (!wanted.names.empty()) extend(made, above, NID_subject_alt_name, alternative_names(wanted.names));
  const bool is_edwards = EVP_PKEY_get_base_id(issuer_key) == EVP_PKEY_ED25519;
  const EVP_MD* const hash = wanted.flaw == Flaw::sha1 ? EVP_sha1() : EVP_sha256();
  GYRE_ASSERT(X509_sign(made, issuer_key, is_edwards ? nullptr : hash) > 0);
  if (wanted.flaw == Flaw::bad_signature) {
    const ASN1_BIT_STRING* signature = nullptr;
    X509_get0_signature(&signature, nullptr, made);
    signature->data[signature->length - 1] ^= 1U;
  }
  return certificate;
}

}  // namespace

struct Authority::State {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
  std::string pem;
  std::string issuers;  // its own certificate and those above, but for the root
};

Authority::Authority(const Wanted& wanted) {
  auto state = std::make_shared<State>();
  state->key = make_key(wanted.key);
  state->certificate = make_certificate(wanted, Role::authority, state->key.get(), nullptr, state->key.get());
  state->pem = pem_of(state->certificate.get());
  state_ = std::move(state);
}

Authority::Authority(const Authority& above, const Wanted& wanted) {
  auto state = std::make_shared<State>();
  state->key = make_key(wanted.key);
  state->certificate = make_certificate(wanted, Role::authority, state->key.get(), above.state_->certificate.get(),
                                        above.state_->key.get());
  state->pem = pem_of(state->certificate.get());
  state->issuers = state->pem + above.state_->issuers;
  state_ = std::move(state);
}

Issued Authority::issue(const Wanted& wanted) const {
  const Owned<EVP_PKEY> key = make_key(wanted.key);
  const Owned<X509> made =
      make_certificate(wanted, Role::leaf, key.get(), state_->certificate.get(), state_->key.get());
  return {pem_of(made.get()), pem_of(key.get()), state_->issuers};
}

const std::string& Authority::pem() const { return state_->pem; }

std::string Authority::revocations(const std::vector<Issued>& revoked) const {
  const Owned<X509_CRL> list{X509_CRL_new()};
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(state_->certificate.get()));
  ASN1_TIME* const time = ASN1_TIME_new();
  set_time(time, now - std::chrono::hours(1));
  X509_CRL_set1_lastUpdate(list.get(), time);
  for (const Issued& one : revoked) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(read_certificate(one.certificate).get()));
    X509_REVOKED_set_revocationDate(entry, time);
    X509_CRL_add0_revoked(list.get(), entry);
  }
  set_time(time, now + std::chrono::hours(24));
  X509_CRL_set1_nextUpdate(list.get(), time);
  ASN1_TIME_free(time);
  X509_CRL_sort(list.get());
  X509_CRL_sign(list.get(), state_->key.get(), EVP_sha256());
  const Owned<BIO> bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509_CRL(bio.get(), list.get());
  return text_of(bio.get());
}

gyre::Certificate Issued::parsed() const { return gyre::Certificate::parse(chain(), key).value(); }

Issued self_signed(const Wanted& wanted) {
  const Owned<EVP_PKEY> key = make_key(wanted.key);
  const Owned<X509> made = make_certificate(wanted, Role::leaf, key.get(), nullptr, key.get());
  return {pem_of(made.get()), pem_of(key.get()), {}};
}

std::string encrypted(const std::string& key, const std::string& password) {
  const Owned<BIO> source{BIO_new_mem_buf(key.data(), static_cast<int>(key.size()))};
  const Owned<EVP_PKEY> read{PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr)};
  const Owned<BIO> bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), read.get(), EVP_aes_256_cbc(), password.data(),
                                static_cast<int>(password.size()), nullptr, nullptr);
  return text_of(bio.get());
}

}  // namespace tls_test
