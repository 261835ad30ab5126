#pragma once

#include <gyre/wire/h1/chunk_limits.hpp>

#include <cstdint>

namespace gyre::wire {

/// How large a message body may be, with what belongs to it in chunked coding. Each is enforced while the body is still
/// arriving, too.
struct BodyLimits {
  std::uint64_t body = 1 << 20;  ///< Decoded bytes. Beyond it: 413.
  ChunkLimits chunks = {};
};

}  // namespace gyre::wire
