#pragma once

#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>

#include <cstddef>
#include <string_view>

namespace gyre::wire::internal {

/// Reads a head of the plain common form in a single pass: a known method but CONNECT and TRACE, a target that begins
/// with "/", HTTP/1.1, ordinary field lines, within the limits. True if all of it is there: then method, target and
/// fields are filled in, and `check_head` has still to pass. False for everything else, unfinished or unusual or
/// wrong: then `head` holds nothing of use. `begin` is where the head begins in `data`.
///
/// What it accepts `HeadLines` and Beast accept too, with the same fields (fuzzed: scanner_vs_beast).
bool scan_plain_head(std::string_view data, std::size_t begin, const HeadLimits& limits, HeadData& head) noexcept;

/// The twin without vector instructions: the same results (fuzzed: request_head). In use where there is no SSE2.
bool scan_plain_head_scalar(std::string_view data, std::size_t begin, const HeadLimits& limits,
                            HeadData& head) noexcept;

}  // namespace gyre::wire::internal
