#include <gyre/wire/content_disposition.hpp>

#include <gyre/wire/internal/characters.hpp>

namespace gyre::wire {
namespace {

bool is_control(unsigned char c) noexcept { return c < 0x20 || c == 0x7f; }

/// What a name of a file cannot have, on some system or other, and what leads elsewhere.
char without_path(char c) noexcept {
  return c == '/' || c == '\\' || is_control(static_cast<unsigned char>(c)) ? '_' : c;
}

/// Some user agents decode a "%" in the plain form, some do not (RFC 6266 appendix D).
bool is_plain(char c) noexcept { return static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '%'; }

/// attr-char, RFC 8187 3.2.1.
bool is_attribute(char c) noexcept { return internal::is_token_char(c) && c != '*' && c != '\'' && c != '%'; }

}  // namespace

void append_attachment(std::string& out, std::string_view file_name) {
  out += "attachment";
  if (file_name.empty()) return;
  bool plain = true;
  out += "; filename=\"";
  for (const char raw : file_name) {
    const char c = without_path(raw);
    plain = plain && is_plain(c);
    // One "_" for a character, not for each of its bytes.
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!continues) out += is_plain(c) ? c : '_';
  }
  out += '"';
  if (plain) return;
  out += "; filename*=UTF-8''";
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char raw : file_name) {
    const char c = without_path(raw);
    if (is_attribute(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
  }
}

}  // namespace gyre::wire
