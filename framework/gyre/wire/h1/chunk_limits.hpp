#pragma once

#include <cstdint>

namespace gyre::wire {

/// How large those parts of a chunked body may be that are not data.
struct ChunkLimits {
  std::uint32_t extension = 4 * 1024;    ///< Bytes of the extensions of one chunk. Beyond it: 400.
  std::uint32_t extensions = 16 * 1024;  ///< Bytes of all extensions of one body. Beyond it: 400.
  /// Bytes of the trailer section, its empty line not counted; values above `HeadLimits::largest` count as that.
  /// Beyond it: 431.
  std::uint32_t trailers = 8 * 1024;
  std::uint32_t trailer_fields = 100;  ///< Field lines of the trailer section. Beyond it: 431.
};

}  // namespace gyre::wire
