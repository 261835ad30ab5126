#include <gyre/net/tls/internal/certificate_text.hpp>

#include <gyre/net/tls/internal/x509.hpp>

#include <algorithm>
#include <climits>
#include <cstring>
#include <new>
#include <string>

namespace gyre::detail {
namespace {

constexpr int security_bits_min = 112;  // RSA and DH with 2048 bits, curves with 224, SHA-224

BioPointer reader(std::string_view text) {
  if (text.size() > INT_MAX) text = {};
  BioPointer bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  if (bio == nullptr) throw std::bad_alloc{};
  return bio;
}

bool is_at_end() noexcept {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

struct Password {
  std::string_view text;
  bool asked = false;
};

int give_password(char* buffer, int size, int /*writing*/, void* argument) noexcept {
  auto& password = *static_cast<Password*>(argument);
  password.asked = true;
  if (password.text.empty() || password.text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, password.text.data(), password.text.size());
  return static_cast<int>(password.text.size());
}

/// The curve's name, or nothing.
std::string curve_of(const EVP_PKEY* key) {
  char text[64];
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, text, sizeof text, &size) == 1 ? std::string(text, size) : std::string();
}

bool is_weak(X509* certificate) noexcept {
  EVP_PKEY* const key = X509_get0_pubkey(certificate);
  return key == nullptr || EVP_PKEY_get_security_bits(key) < security_bits_min;
}

bool is_weakly_signed(X509* certificate) noexcept {
  if (X509_self_signed(certificate, 0) == 1) return false;  // nobody relies on that signature
  int bits = 0;
  return X509_get_signature_info(certificate, nullptr, nullptr, &bits, nullptr) != 1 || bits < security_bits_min;
}

void free_infos(STACK_OF(X509_INFO) * infos) noexcept { sk_X509_INFO_pop_free(infos, X509_INFO_free); }

}  // namespace

CertificateError certificate_error(CertificateFault fault, std::string_view text) {
  std::string line{name(fault)};
  line.append(": ").append(text);
  return {fault, std::move(line)};
}

CertificateError read_chain(std::string_view pem, CertificateState& state) {
  const BioPointer bio = reader(pem);
  state.issuers.reset(sk_X509_new_null());
  if (state.issuers == nullptr) throw std::bad_alloc{};
  for (;;) {
    CertificatePointer next{PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)};
    if (next == nullptr && is_at_end()) break;
    ERR_clear_error();
    if (next == nullptr)
      return certificate_error(CertificateFault::bad_certificate, "a block of the text is no certificate");
    // Looks at the extensions once, here, and not in the first handshake.
    X509_check_purpose(next.get(), -1, 0);
    if (state.own == nullptr) {
      state.own = std::move(next);
    } else if (sk_X509_push(state.issuers.get(), next.get()) > 0) {
      static_cast<void>(next.release());
    } else {
      throw std::bad_alloc{};
    }
  }
  ERR_clear_error();
  if (state.own == nullptr) return certificate_error(CertificateFault::no_certificate, "the text has no certificate");
  return {};
}

CertificateError read_key(std::string_view pem, std::string_view password, CertificateState& state) {
  const BioPointer bio = reader(pem);
  Password given{password};
  state.key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &given));
  ERR_clear_error();
  if (state.key != nullptr) return {};
  if (given.asked && password.empty()) {
    return certificate_error(CertificateFault::key_encrypted, "the private key needs a password");
  }
  if (given.asked) {
    return certificate_error(CertificateFault::wrong_password, "the private key needs another password");
  }
  if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
    return certificate_error(CertificateFault::no_key, "the text has no private key");
  }
  return certificate_error(CertificateFault::bad_key, "the private key cannot be read");
}

CertificateError check_key(CertificateState& state) {
  const int kind = EVP_PKEY_get_base_id(state.key.get());
  const std::string curve = kind == EVP_PKEY_EC ? curve_of(state.key.get()) : std::string();
  const bool is_rsa = kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS;
  const bool is_known_curve = curve == "prime256v1" || curve == "secp384r1" || curve == "secp521r1";
  if (!is_rsa && !is_known_curve && kind != EVP_PKEY_ED25519 && kind != EVP_PKEY_ED448) {
    return certificate_error(CertificateFault::unsupported_key, "the private key is neither RSA nor of a curve of TLS");
  }
  if (X509_check_private_key(state.own.get(), state.key.get()) != 1) {
    return certificate_error(CertificateFault::wrong_key, "the private key belongs to another certificate");
  }
  state.signs_slowly = is_rsa || (kind == EVP_PKEY_EC && curve != "prime256v1");
  return {};
}

CertificateError check_chain(const CertificateState& state) {
  X509* certificate = state.own.get();
  for (int i = 0;; ++i) {
    if (is_weak(certificate)) {
      return certificate_error(CertificateFault::weak_key, "a key of the chain has less than 112 bits of security");
    }
    if (is_weakly_signed(certificate)) {
      return certificate_error(CertificateFault::weak_signature,
                               "a certificate of the chain is signed with a broken hash");
    }
    if (i == sk_X509_num(state.issuers.get())) return {};
    X509* const issuer = sk_X509_value(state.issuers.get(), i);
    if (X509_check_issued(issuer, certificate) != X509_V_OK ||
        X509_verify(certificate, X509_get0_pubkey(issuer)) != 1) {
      return certificate_error(CertificateFault::not_a_chain,
                               "a certificate was not issued by the next one in the text");
    }
    certificate = issuer;
  }
}

CertificateError read_trust(std::string_view pem, X509_STORE* store, STACK_OF(X509_NAME) * names) {
  const BioPointer bio = reader(pem);
  const std::unique_ptr<STACK_OF(X509_INFO), OpensslFree<free_infos>> infos{
      PEM_X509_INFO_read_bio(bio.get(), nullptr, no_password, nullptr)};
  ERR_clear_error();
  if (infos == nullptr) {
    return certificate_error(CertificateFault::bad_certificate, "a block of the trusted text cannot be read");
  }
  int certificates = 0;
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST;
  for (int i = 0; i < sk_X509_INFO_num(infos.get()); ++i) {
    const X509_INFO* const info = sk_X509_INFO_value(infos.get(), i);
    if (info->x509 != nullptr) {
      ++certificates;
      if (X509_STORE_add_cert(store, info->x509) != 1) throw std::bad_alloc{};
      X509_NAME* const copy = names == nullptr ? nullptr : X509_NAME_dup(X509_get_subject_name(info->x509));
      if (names != nullptr && (copy == nullptr || sk_X509_NAME_push(names, copy) <= 0)) throw std::bad_alloc{};
    }
    if (info->crl != nullptr) {
      flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;  // the second is nothing without the first
      if (X509_STORE_add_crl(store, info->crl) != 1) throw std::bad_alloc{};
    }
  }
  if (certificates == 0) {
    return certificate_error(CertificateFault::no_certificate, "the trusted text has no certificate");
  }
  X509_STORE_set_flags(store, flags);
  return {};
}

}  // namespace gyre::detail
