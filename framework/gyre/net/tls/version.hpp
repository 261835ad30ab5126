#pragma once

#include <cstdint>
#include <string_view>

namespace gyre {

/// The versions of TLS that there are. Older ones are refused.
enum class TlsVersion : std::uint8_t {
  tls_1_2,  ///< RFC 5246: with forward secrecy and authenticated encryption only.
  tls_1_3,  ///< RFC 8446.
};

/// "TLS 1.3".
std::string_view name(TlsVersion version) noexcept;

}  // namespace gyre
