#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace gyre::detail {

/// Lets a `std::unique_ptr` free what OpenSSL has made.
template <auto free>
struct OpensslFree {
  template <class T>
  void operator()(T* object) const noexcept {
    free(object);
  }
};

inline void free_certificates(STACK_OF(X509) * certificates) noexcept { sk_X509_pop_free(certificates, X509_free); }

using BioPointer = std::unique_ptr<BIO, OpensslFree<BIO_free>>;
using CertificatePointer = std::unique_ptr<X509, OpensslFree<X509_free>>;
using CertificatesPointer = std::unique_ptr<STACK_OF(X509), OpensslFree<free_certificates>>;
using CipherPointer = std::unique_ptr<EVP_CIPHER, OpensslFree<EVP_CIPHER_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using SessionPointer = std::unique_ptr<SSL_SESSION, OpensslFree<SSL_SESSION_free>>;
using SslPointer = std::unique_ptr<SSL, OpensslFree<SSL_free>>;
using SslContextPointer = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;

/// OpenSSL's errors are a queue of the thread. Whoever calls it starts with none and leaves none behind: the next call
/// on this thread is about another connection.
class EmptyErrorQueue {
 public:
  EmptyErrorQueue() noexcept { ERR_clear_error(); }
  EmptyErrorQueue(const EmptyErrorQueue&) = delete;
  EmptyErrorQueue& operator=(const EmptyErrorQueue&) = delete;
  ~EmptyErrorQueue() { ERR_clear_error(); }
};

}  // namespace gyre::detail
