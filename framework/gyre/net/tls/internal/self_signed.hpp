#pragma once

#include <gyre/base/time.hpp>

#include <cstdint>
#include <string>

namespace gyre::detail {

/// A certificate and its key in PEM.
struct SelfSigned {
  std::string chain;
  std::string key;
};

/// The kind of a key that is made.
enum class SelfSignedKey : std::uint8_t {
  p256,     ///< ECDSA on P-256: every browser takes it.
  ed25519,  ///< Its signatures all have one size.
};

/// What a self-signed certificate says.
struct SelfSignedOptions {
  std::string common_name;
  std::string names;      ///< Subject alternative names as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1".
  Duration not_before{};  ///< Since 1970 UTC, to the second.
  Duration not_after{};
  std::string usage = "serverAuth";  ///< What the key is for, as OpenSSL writes it; "clientAuth" for the other side.
  SelfSignedKey key = SelfSignedKey::p256;
};

/// Makes a new key, and a certificate with it. Throws `std::runtime_error` if OpenSSL
/// fails; leaves nothing in its queue of errors.
SelfSigned make_self_signed(const SelfSignedOptions& options);

/// Overwrites a text that held a key.
void wipe(std::string& secret) noexcept;

}  // namespace gyre::detail
