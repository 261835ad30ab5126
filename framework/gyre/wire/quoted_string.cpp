#include <gyre/wire/quoted_string.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>

#include <cstring>

namespace gyre::wire {
namespace {

bool is_quoted_string(std::string_view raw) noexcept { return !raw.empty() && quoted_string_size(raw) == raw.size(); }

template <class Equal>
bool equals(std::string_view raw, std::string_view text, Equal equal) noexcept {
  if (!is_quoted_string(raw)) return is_token(raw) && equal(raw, text);
  std::size_t at = 0;
  for (std::size_t i = 1; i + 1 < raw.size(); ++i, ++at) {
    if (raw[i] == '\\') ++i;
    if (at == text.size() || !equal(raw.substr(i, 1), text.substr(at, 1))) return false;
  }
  return at == text.size();
}

}  // namespace

std::size_t quoted_string_size(std::string_view text) noexcept {
  if (text.empty() || text[0] != '"') return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\' && ++i == text.size()) return 0;
    if (internal::is_class(text[i], internal::char_control)) return 0;
  }
  return 0;
}

Result<std::string_view> unquote(std::string_view raw, std::span<char> buffer) noexcept {
  if (is_token(raw)) return raw;
  if (!is_quoted_string(raw)) return Errc::bad_message;
  const std::string_view inner = raw.substr(1, raw.size() - 2);
  const std::size_t escape = inner.find('\\');
  if (escape == std::string_view::npos) return inner;
  if (buffer.size() < raw.size()) return Errc::limit_exceeded;
  std::memcpy(buffer.data(), inner.data(), escape);
  char* out = buffer.data() + escape;
  for (std::size_t i = escape; i < inner.size(); ++i) {
    if (inner[i] == '\\') ++i;
    *out++ = inner[i];
  }
  return std::string_view(buffer.data(), static_cast<std::size_t>(out - buffer.data()));
}

bool unquotes_to(std::string_view raw, std::string_view text) noexcept {
  return equals(raw, text, [](std::string_view left, std::string_view right) { return left == right; });
}

bool unquotes_to_ignoring_case(std::string_view raw, std::string_view text) noexcept {
  return equals(raw, text, equal_ignoring_case);
}

Result<void> append_quoted(std::string& out, std::string_view text) {
  if (!is_field_value(text)) return Errc::invalid_argument;
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  return {};
}

}  // namespace gyre::wire
