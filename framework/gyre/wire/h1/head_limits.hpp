#pragma once

#include <cstdint>

namespace gyre::wire {

/// How large a message head may be. Each is enforced while the head is still arriving, too. Values above
/// `HeadLimits::largest` count as that.
struct HeadLimits {
  static constexpr std::uint32_t largest = 1U << 24U;

  std::uint32_t request_line = 8 * 1024;  ///< Bytes of the request line (or status line) with its CRLF. Beyond it: 414.
  std::uint32_t header_block = 32 * 1024;  ///< Bytes of all field lines and the empty line after them. Beyond it: 431.
  std::uint32_t fields = 100;              ///< Field lines. Beyond it: 431.
};

}  // namespace gyre::wire
