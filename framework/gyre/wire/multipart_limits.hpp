#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace gyre::wire {

/// How much a multipart body may hold. Each is enforced while the bytes are arriving. The whole is limited as any body.
struct MultipartLimits {
  std::size_t parts = 1000;
  std::size_t head = 8 << 10;    ///< Bytes of a part's field lines, with the empty line that ends them.
  std::size_t line = 4 << 10;    ///< Bytes of one of these lines, with its CRLF.
  std::size_t fields = 16;       ///< Fields of a part.
  std::uint64_t text = 1 << 20;  ///< Bytes of a part without a file name, which programs hold in memory.
  std::uint64_t part = std::numeric_limits<std::uint64_t>::max();  ///< Bytes of any part.
};

}  // namespace gyre::wire
