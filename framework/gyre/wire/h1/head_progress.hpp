#pragma once

#include <gyre/wire/h1/head_error.hpp>

#include <cstdint>

namespace gyre::wire {

/// Where the reading of a head that arrives in pieces stands. Opaque: start each head with a fresh one and give it back
/// with more bytes. It holds offsets, so the bytes may move between calls.
struct HeadProgress {
  enum class Stage : std::uint8_t { start, first_line, fields };

  std::uint32_t scanned = 0;      ///< No line ends before this offset that has not been checked.
  std::uint32_t line_begin = 0;   ///< Of the line that is arriving.
  std::uint32_t head_begin = 0;   ///< Behind the empty line that may precede a request.
  std::uint32_t block_begin = 0;  ///< Of the first field line.
  std::uint32_t fields = 0;       ///< Field lines checked.
  Stage stage = Stage::start;
};

enum class HeadState : std::uint8_t { complete, incomplete, rejected };

/// What the parser of a head says.
struct HeadOutcome {
  HeadState state = HeadState::incomplete;
  HeadError error = HeadError::none;  ///< Of a rejected head.

  /// What to answer to a rejected request head, before the connection is closed.
  Status status() const noexcept { return status_of(error); }
};

}  // namespace gyre::wire
