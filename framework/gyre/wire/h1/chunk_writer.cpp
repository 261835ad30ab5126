#include <gyre/wire/h1/chunk_writer.hpp>

#include <bit>

namespace gyre::wire {

char* write_chunk_head(std::uint64_t size, char* out) noexcept {
  const int digits = (std::bit_width(size | 1U) + 3) / 4;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[size >> shift & 0xfU];
  *out++ = '\r';
  *out++ = '\n';
  return out;
}

}  // namespace gyre::wire
