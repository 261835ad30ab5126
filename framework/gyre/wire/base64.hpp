#pragma once

#include <gyre/base/bytes.hpp>
#include <gyre/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gyre::wire {

/// Which form of base64 (RFC 4648).
enum class Base64 : std::uint8_t {
  standard,  ///< "+" and "/", padded with "=" to a multiple of four: section 4. HTTP's credentials.
  url,       ///< "-" and "_", without padding: section 5. Tokens and cursors in targets and cookies.
};

/// The bytes that decoding so many characters gives at most: the room that `decode_base64` needs.
constexpr std::size_t base64_decoded_bound(std::size_t characters) noexcept {
  return characters / 4 * 3 + (characters % 4 == 0 ? 0 : characters % 4 - 1);
}

/// Decodes the whole text, strictly: only the form's own alphabet, no blanks or line breaks, padding exactly as the
/// form has it, and the bits that do not count are zero (RFC 4648 3.5), so that no two texts mean the same bytes.
///
/// Returns the bytes, a view into `buffer`, which must have `base64_decoded_bound(text.size())` bytes.
/// Errors: `bad_message` for any other text, `limit_exceeded` if the buffer is too small.
Result<Bytes> decode_base64(std::string_view text, Base64 form, MutableBytes buffer) noexcept;

/// Appends the bytes as base64.
void append_base64(std::string& out, Bytes bytes, Base64 form);

}  // namespace gyre::wire
