#pragma once

#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/head_progress.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>

#include <string_view>

namespace gyre::wire::internal {

/// Checks the lines of a request head as they arrive, from `progress` on: the raw-byte rules, the request line's shape,
/// field names, and the limits. Each byte is looked at once over all calls. The first fault in the order of the bytes
/// is the outcome, however they were cut.
///
/// On `complete`, `progress.scanned` is the head's end and `progress.head_begin` its begin.
HeadOutcome check_head_lines(std::string_view data, const HeadLimits& limits, HeadProgress& progress) noexcept;

/// The same for a response head: a status line, and no empty line before it.
HeadOutcome check_response_lines(std::string_view data, const HeadLimits& limits, HeadProgress& progress) noexcept;

/// Checks a status line, without its CRLF, and fills in what it says. The base of `head` is its first byte.
HeadError read_status_line(std::string_view line, ResponseData& head) noexcept;

inline HeadOutcome outcome_of(HeadError error) noexcept {
  return {error == HeadError::none ? HeadState::complete : HeadState::rejected, error};
}

}  // namespace gyre::wire::internal
