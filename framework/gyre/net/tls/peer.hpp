#pragma once

#include <gyre/base/time.hpp>

#include <string>
#include <vector>

namespace gyre {

/// The certificate that the other side of a TLS connection has shown, and proven to have the key of.
struct TlsPeer {
  std::string subject;  ///< "CN=client 7,O=Example" (RFC 4514). May hold any character that the issuer allowed.
  std::string issuer;   ///< The same of who signed it.
  std::string serial;   ///< Hexadecimal, lower case. With the issuer it is unique.
  std::vector<std::string> names;  ///< The subject alternative names: DNS names in lower case, IP addresses.
  Duration not_before{};           ///< From when it is valid: time since 1970 UTC.
  Duration not_after{};            ///< Until when.
  std::string fingerprint;         ///< The SHA-256 of the certificate, hexadecimal, lower case.
  std::string pin;                 ///< The SHA-256 of its public key (SubjectPublicKeyInfo), base64.
};

}  // namespace gyre
