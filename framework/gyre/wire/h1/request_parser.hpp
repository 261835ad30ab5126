#pragma once

#include <gyre/wire/h1/head_error.hpp>
#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/request_head.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// Where the reading of a head that arrives in pieces stands. Opaque: start each head with a fresh one and give it back
/// with more bytes. It holds offsets, so the bytes may move between calls.
struct HeadProgress {
  enum class Stage : std::uint8_t { start, request_line, fields };

  std::uint32_t scanned = 0;      ///< No line ends before this offset that has not been checked.
  std::uint32_t line_begin = 0;   ///< Of the line that is arriving.
  std::uint32_t head_begin = 0;   ///< Behind the empty line that may precede a request.
  std::uint32_t block_begin = 0;  ///< Of the first field line.
  std::uint32_t fields = 0;       ///< Field lines checked.
  Stage stage = Stage::start;
};

enum class HeadState : std::uint8_t { complete, incomplete, rejected };

/// What `parse_request_head` says.
struct HeadOutcome {
  HeadState state = HeadState::incomplete;
  HeadError error = HeadError::none;  ///< Of a rejected head.

  /// What to answer to a rejected head, before the connection is closed.
  Status status() const noexcept { return status_of(error); }
};

/// Parses an HTTP/1.1 or HTTP/1.0 request head (RFC 9112 2 to 6) strictly.
///
/// `data` are all bytes of the request so far, from its first on; what follows the head (a body, pipelined requests) is
/// not looked at. `incomplete` means: call again with the same bytes and more, and with the same `progress`. The
/// outcome does not depend on how the bytes were cut, and the whole work grows with their number only. A broken line is
/// refused when it ends, a forbidden byte or a passed limit at once.
///
/// On `complete`, `head` views into `data`; otherwise it holds nothing of use. On `rejected` no later byte can be
/// trusted: answer `status()`, then close. Never allocates, never throws.
HeadOutcome parse_request_head(std::string_view data, const HeadLimits& limits, RequestHead& head,
                               HeadProgress& progress) noexcept;

}  // namespace gyre::wire
