#pragma once

#include <gyre/base/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace gyre::wire {

/// The length of the quoted-string (RFC 9110 5.6.4) that `text` begins with, both quotes included; 0 if it does not
/// begin with a complete and valid one.
std::size_t quoted_string_size(std::string_view text) noexcept;

/// What a parameter's value says: a token is itself, of a quoted-string the quotes and the escapes are taken away.
///
/// `raw` is a value as `Parameters` gives it. Without an escape the result views `raw` and nothing is copied; otherwise
/// it views `buffer`, which must have at least `raw.size()` characters.
/// Errors: `bad_message` if `raw` is neither a token nor a quoted-string; `limit_exceeded` if the buffer is too small.
Result<std::string_view> unquote(std::string_view raw, std::span<char> buffer) noexcept;

/// Whether `unquote` would give exactly `text`: compared without a buffer.
bool unquotes_to(std::string_view raw, std::string_view text) noexcept;

/// The same, but for the case of ASCII letters.
bool unquotes_to_ignoring_case(std::string_view raw, std::string_view text) noexcept;

/// Appends `text` as a quoted-string: quotes around it, a backslash before each `"` and `\`.
/// Errors: `invalid_argument`, and nothing is appended, if `text` holds a control character other than HTAB.
Result<void> append_quoted(std::string& out, std::string_view text);

}  // namespace gyre::wire
