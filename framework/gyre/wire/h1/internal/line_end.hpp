#pragma once

#include <gyre/wire/internal/byte_scan.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::wire::internal {

/// How a line that arrives goes on, behind bytes that have been looked at.
struct LineEnd {
  enum class Kind : std::uint8_t { unfinished, crlf, bare_cr, bare_lf, control_character };

  Kind kind;
  std::size_t place;    ///< Where the line's text ends, or the fault is. Unfinished: where to look on.
  std::size_t decided;  ///< Behind the last byte that was needed to tell.
};

/// Looks for the end of a line from `scanned` on. A byte that no line may hold is found before the end is.
inline LineEnd find_line_end(std::string_view data, std::size_t scanned) noexcept {
  using enum LineEnd::Kind;
  const char* const end = data.data() + data.size();
  const char* const stop = Scan::value_end(data.data() + scanned, end, data.data());
  const auto place = static_cast<std::size_t>(stop - data.data());
  if (stop == end) return {unfinished, place, data.size()};
  if (*stop != '\r') return {*stop == '\n' ? bare_lf : control_character, place, place + 1};
  if (stop + 1 == end) return {unfinished, place, data.size()};
  return {stop[1] == '\n' ? crlf : bare_cr, place, place + 2};
}

}  // namespace gyre::wire::internal
