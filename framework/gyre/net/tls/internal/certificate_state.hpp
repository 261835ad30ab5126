#pragma once

#include <gyre/base/time.hpp>
#include <gyre/net/tls/internal/openssl.hpp>

#include <string>
#include <vector>

namespace gyre::detail {

/// What the copies of a `Certificate` share. Never changed once it is made.
struct CertificateState {
  CertificatePointer own;
  CertificatesPointer issuers;  // in the order of the chain
  KeyPointer key;
  std::vector<std::string> names;
  Duration not_before{};
  Duration not_after{};
  std::string fingerprint;
  std::string pin;
  bool signs_slowly = false;
};

}  // namespace gyre::detail
