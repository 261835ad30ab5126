#pragma once

#include <cstdint>

namespace gyre::wire {

/// How large the parts of a chunked body may be that are not data. Each is enforced while it is still arriving.
struct ChunkLimits {
  std::uint32_t extension = 4 * 1024;    ///< Bytes of extensions on one chunk's line. Beyond it: 400.
  std::uint32_t extensions = 16 * 1024;  ///< Bytes of extensions in one body. Beyond it: 400.
  std::uint32_t trailers = 8 * 1024;     ///< Bytes of the trailer section. Beyond it: 431.
  std::uint32_t trailer_fields = 100;    ///< Field lines in it. Beyond it: 431.
};

}  // namespace gyre::wire
