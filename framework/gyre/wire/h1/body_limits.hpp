#pragma once

#include <cstdint>

namespace gyre::wire {

/// How large a message body may be, and what belongs to it in chunked coding. Each is enforced while the body is still
/// arriving, too.
struct BodyLimits {
  std::uint64_t body = 1 << 20;            ///< Decoded bytes. Beyond it: 413.
  std::uint32_t chunk_extension = 4096;    ///< Bytes of the extensions of one chunk. Beyond it: 400.
  std::uint32_t chunk_extensions = 16384;  ///< Bytes of all extensions of one body. Beyond it: 400.
  std::uint32_t trailers = 8192;           ///< Bytes of the trailer section, its empty line not counted; values above
                                           ///< `HeadLimits::largest` count as that. Beyond it: 431.
  std::uint32_t trailer_fields = 100;      ///< Field lines of the trailer section. Beyond it: 431.
};

}  // namespace gyre::wire
