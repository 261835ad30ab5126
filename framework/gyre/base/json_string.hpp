#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gyre {

/// Room that `escape_json` needs to make progress.
inline constexpr std::size_t json_escape_room = 16;

/// Writes the beginning of `text` to [out, end) as the inside of a JSON string (RFC 8259 7), takes it off `text`, and
/// returns the end of what was written. Stops when the text is empty or less than `json_escape_room` is left. What is
/// no UTF-8 comes out as U+FFFD, byte by byte; sequences and escapes are never split.
char* escape_json(std::string_view& text, char* out, char* end) noexcept;

/// Appends a whole JSON string, with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace gyre
