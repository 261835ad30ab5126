#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// The room that `write_chunk_head` needs at most, in bytes.
inline constexpr std::size_t chunk_head_bound = 18;

/// Writes the line before a chunk's data (RFC 9112 7.1), the size in hexadecimal and CRLF, to `out`, which has room for
/// `chunk_head_bound` bytes. Returns its end. The data and `chunk_end` follow. A chunk of size 0 would end the body.
char* write_chunk_head(std::uint64_t size, char* out) noexcept;

/// What follows the data of a chunk.
inline constexpr std::string_view chunk_end = "\r\n";

/// The line that ends the data of a body. Trailer field lines, made by `write_field`, and an empty line follow; what
/// `is_forbidden_trailer` is not sent there.
inline constexpr std::string_view last_chunk = "0\r\n";

}  // namespace gyre::wire
