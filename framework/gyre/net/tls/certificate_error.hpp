#pragma once

#include <gyre/base/assert.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace gyre {

/// What is wrong with a certificate of our own, its key, or with what is to be trusted.
enum class CertificateFault : std::uint8_t {
  none,
  no_certificate,   ///< There is no `BEGIN CERTIFICATE` in the text.
  bad_certificate,  ///< There is, and what follows is none.
  no_key,           ///< There is no private key in the text.
  bad_key,          ///< There is, and what follows is none.
  key_encrypted,    ///< The key needs a password.
  wrong_password,   ///< It needs another password.
  unsupported_key,  ///< It is neither RSA, nor of a curve that TLS has.
  wrong_key,        ///< It is the key of another certificate.
  weak_key,         ///< Its own key, or an issuer's, is weaker than 112 bits (RSA below 2048).
  weak_signature,   ///< It is signed with a hash that is broken (SHA-1, MD5).
  not_a_chain,      ///< A certificate was not issued by the next one in the text.
  expired,          ///< The time of one in the chain is over.
  not_yet_valid,    ///< The time of one in the chain has not come.
  bad_pin,          ///< It is no SHA-256 in base64.
  bad_protocol,     ///< An ALPN name is empty or longer than 255 bytes, or there are too many of them.
  bad_options,      ///< Options that contradict each other: see `what`.
  out_of_memory,
};

/// The name of the enumerator: "wrong_key".
std::string_view name(CertificateFault fault) noexcept;

/// Why there is no certificate, or no `TlsServer` or `TlsClient` with it: a value, and an exception for where one is
/// wanted.
class CertificateError : public std::exception {
 public:
  /// None.
  CertificateError() noexcept = default;
  /// `text` is for people.
  CertificateError(CertificateFault fault, std::string text) noexcept : text_(std::move(text)), fault_(fault) {}

  CertificateFault fault() const noexcept { return fault_; }
  /// "wrong_key: the private key belongs to another certificate": one line for a log.
  const char* what() const noexcept override { return text_.c_str(); }

  /// Whether there is an error.
  explicit operator bool() const noexcept { return fault_ != CertificateFault::none; }

 private:
  std::string text_;
  CertificateFault fault_ = CertificateFault::none;
};

/// What was asked for, or why there is none.
template <class T>
class [[nodiscard]] CertificateResult {
 public:
  using value_type = T;

  CertificateResult(T value) noexcept : value_(std::move(value)) {}
  CertificateResult(CertificateError error) noexcept : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }
  /// The value; throws the `CertificateError` if there is none.
  const T& value() const& {
    if (error_) throw error_;
    return value_;
  }
  T value() && {
    if (error_) throw std::move(error_);
    return std::move(value_);
  }
  /// Only where `has_value()` is true.
  const T& operator*() const noexcept {
    GYRE_ASSERT(has_value());
    return value_;
  }
  const T* operator->() const noexcept { return &**this; }
  /// The error, or none.
  const CertificateError& error() const noexcept { return error_; }

 private:
  T value_;
  CertificateError error_;
};

}  // namespace gyre
