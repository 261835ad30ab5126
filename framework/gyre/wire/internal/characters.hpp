#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace gyre::wire::internal {

/// What a byte may be part of; the bits of `char_classes`.
enum CharClass : std::uint8_t {
  char_token = 1,         ///< tchar, RFC 9110 5.6.2.
  char_name = 2,          ///< unreserved or sub-delims: a registered name's characters but "%", RFC 3986 3.2.2.
  char_alphanumeric = 4,  ///< a-z, A-Z, 0-9.
  char_hex = 8,           ///< 0-9, a-f, A-F.
  char_target = 16,       ///< Visible ASCII but "#": what a request target may hold.
  char_control = 32,      ///< Controls but HTAB, and DEL: never part of a field value.
};

inline constexpr std::array<std::uint8_t, 256> char_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const auto ascii = static_cast<char>(c);
    const auto is_one_of = [&](std::string_view set) { return c < 128 && set.find(ascii) != std::string_view::npos; };
    unsigned bits = 0;
    if (digit || letter || is_one_of("!#$%&'*+-.^_`|~")) bits |= char_token;
    if (digit || letter || is_one_of("-._~!$&'()*+,;=")) bits |= char_name;
    if (digit || letter) bits |= char_alphanumeric;
    if (digit || is_one_of("abcdefABCDEF")) bits |= char_hex;
    if (c > 0x20 && c < 0x7f && c != '#') bits |= char_target;
    if ((c < 0x20 && c != '\t') || c == 0x7f) bits |= char_control;
    classes[c] = static_cast<std::uint8_t>(bits);
  }
  return classes;
}();

inline bool is_class(char c, CharClass wanted) noexcept {
  return (char_classes[static_cast<unsigned char>(c)] & wanted) != 0;
}
inline bool is_token_char(char c) noexcept { return is_class(c, char_token); }
inline bool is_digit(char c) noexcept { return static_cast<unsigned char>(c - '0') < 10; }
inline bool is_hex_digit(char c) noexcept { return is_class(c, char_hex); }
/// SP or HTAB, the parts of OWS.
inline bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// The value of a hexadecimal digit. Only where `is_hex_digit(c)`.
inline unsigned hex_value(char c) noexcept {
  return is_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

/// The text without blanks at both ends (OWS, RFC 9110 5.6.3).
inline std::string_view trim_blanks(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace gyre::wire::internal
