#pragma once

#include <gyre/wire/status.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// Why a message body is refused. Each has its status and a sentence for logs and answers.
enum class BodyError : std::uint8_t {
  none,
  // The line of a chunk, and the end of its data (RFC 9112 7.1)
  bad_chunk_size,
  chunk_size_too_large,
  bad_chunk_extension,
  bad_chunk_end,
  // The bytes of lines (RFC 9112 2.2)
  bare_cr,
  bare_lf,
  control_character,
  // Limits on extensions (`BodyLimits`)
  chunk_extension_too_long,
  chunk_extensions_too_large,
  // The trailer section (RFC 9112 7.1.2, RFC 9110 6.5.1) and its limits
  bad_trailer,
  forbidden_trailer,
  trailers_too_large,
  too_many_trailers,
  // The whole
  body_too_large,
  truncated,
};

/// The status that a server answers: 400, 413 or 431. For `none`: 200.
Status status_of(BodyError error) noexcept;

/// What is wrong, in one sentence for people: "a chunk size is invalid".
std::string_view describe(BodyError error) noexcept;

}  // namespace gyre::wire
