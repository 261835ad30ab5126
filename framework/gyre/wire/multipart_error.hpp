#pragma once

#include <gyre/wire/status.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// Why a multipart body is refused.
enum class MultipartError : std::uint8_t {
  none,
  // Between parts (RFC 2046 5.1.1)
  bad_delimiter,
  truncated,
  // The fields of a part (RFC 7578 4, RFC 2046 5.1)
  bare_line_end,
  control_character,
  bad_field,
  repeated_field,
  no_disposition,
  bad_disposition,
  no_name,
  bad_content_type,
  // Limits (`MultipartLimits`)
  too_many_parts,
  head_too_large,
  line_too_long,
  too_many_fields,
  text_too_large,
  part_too_large,
};

/// The status that a server answers: 400, or 413 for a limit. For `none`: 200.
Status status_of(MultipartError error) noexcept;

/// What is wrong, in one sentence for people.
std::string_view describe(MultipartError error) noexcept;

}  // namespace gyre::wire
