#pragma once

#include <gyre/wire/status.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// Why a head, of a request or a response, is refused. Each has its status and a sentence for logs and answers.
enum class HeadError : std::uint8_t {
  none,
  // The bytes (RFC 9112 2.2)
  extra_empty_line,
  bare_cr,
  bare_lf,
  control_character,
  // The request line (RFC 9112 3)
  bad_method,
  bad_target,
  bad_request_line,
  bad_version,
  unsupported_version,
  // The status line (RFC 9112 4)
  bad_status_line,
  bad_status,
  // Field lines (RFC 9112 5)
  obs_fold,
  missing_colon,
  empty_field_name,
  space_before_colon,
  bad_field_name,
  // Limits (`HeadLimits`)
  request_line_too_long,
  status_line_too_long,
  header_block_too_large,
  too_many_fields,
  // Host (RFC 9112 3.2)
  missing_host,
  duplicate_host,
  bad_host,
  // Framing (RFC 9112 6)
  bad_content_length,
  duplicate_content_length,
  length_and_transfer_encoding,
  duplicate_transfer_encoding,
  bad_transfer_encoding,
  unsupported_transfer_coding,
  transfer_encoding_in_1_0,
  // Other fields
  bad_connection,
  unknown_expectation,
  // The second reader refused what the check of the lines let pass: not known to happen.
  malformed,
};

/// The status that a server answers: 400, 414, 417, 431, 501 or 505. For `none`: 200. For response heads,
/// which nobody answers, it means nothing.
Status status_of(HeadError error) noexcept;

/// What is wrong, in one sentence for people: "the Host field is missing".
std::string_view describe(HeadError error) noexcept;

}  // namespace gyre::wire
