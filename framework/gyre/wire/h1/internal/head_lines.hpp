#pragma once

#include <gyre/wire/h1/request_parser.hpp>

#include <string_view>

namespace gyre::wire::internal {

/// Checks the lines of a head as they arrive, from `progress` on: the raw-byte rules, the request line's shape, field
/// names, and the limits. Each byte is looked at once over all calls. The first fault in the order of the bytes is the
/// outcome, however they were cut.
///
/// On `complete`, `progress.scanned` is the head's end and `progress.head_begin` its begin.
HeadOutcome check_head_lines(std::string_view data, const HeadLimits& limits, HeadProgress& progress) noexcept;

}  // namespace gyre::wire::internal
