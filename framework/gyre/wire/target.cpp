#include <gyre/wire/target.hpp>

#include <gyre/wire/internal/characters.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace gyre::wire {
namespace {

using internal::hex_value;
using internal::is_hex_digit;

constexpr int bad_escape = -1;

/// The byte that the escape at `text[0]` (a "%") stands for, or `bad_escape`.
int escaped_byte(std::string_view text) noexcept {
  if (text.size() < 3 || !is_hex_digit(text[1]) || !is_hex_digit(text[2])) return bad_escape;
  return static_cast<int>(hex_value(text[1]) * 16 + hex_value(text[2]));
}

/// Decodes from the first escape at `begin` on; what lies before it is only copied.
template <bool is_query>
Result<std::string_view> decode_from(std::string_view raw, std::size_t begin, std::span<char> buffer) noexcept {
  if (buffer.size() < raw.size()) return Errc::limit_exceeded;
  std::memcpy(buffer.data(), raw.data(), begin);
  char* out = buffer.data() + begin;
  for (std::size_t i = begin; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '%') {
      const int byte = escaped_byte(raw.substr(i));
      if (byte == bad_escape || (!is_query && byte == 0)) return Errc::bad_message;
      c = static_cast<char>(byte);
      i += 2;
    } else if (is_query && c == '+') {
      c = ' ';
    }
    *out++ = c;
  }
  return std::string_view(buffer.data(), static_cast<std::size_t>(out - buffer.data()));
}

/// Whether a raw query component decodes to `text`, without a buffer.
bool decodes_to(std::string_view raw, std::string_view text) noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < raw.size(); ++i, ++at) {
    char c = raw[i];
    if (c == '%') {
      const int byte = escaped_byte(raw.substr(i));
      if (byte == bad_escape) return false;
      c = static_cast<char>(byte);
      i += 2;
    } else if (c == '+') {
      c = ' ';
    }
    if (at == text.size() || text[at] != c) return false;
  }
  return at == text.size();
}

/// from_chars takes a leading "-" and stops at the first other character: this asks for digits and all of them.
bool all_digits(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), internal::is_digit);
}

template <class T>
Result<T> from_digits(std::string_view text, T smallest, T largest) noexcept {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < smallest || number > largest) return Errc::limit_exceeded;
  return number;
}

}  // namespace

Result<std::string_view> decode_path_segment(std::string_view raw, std::span<char> buffer) noexcept {
  const std::size_t escape = raw.find('%');
  if (escape == std::string_view::npos) return raw;
  return decode_from<false>(raw, escape, buffer);
}

Result<std::string_view> decode_query_component(std::string_view raw, std::span<char> buffer) noexcept {
  const std::size_t escape = raw.find_first_of("%+");
  if (escape == std::string_view::npos) return raw;
  return decode_from<true>(raw, escape, buffer);
}

bool is_dot_segment(std::string_view raw) noexcept {
  int dots = 0;
  while (!raw.empty()) {
    if (raw[0] == '.') {
      raw.remove_prefix(1);
    } else if (raw[0] == '%' && escaped_byte(raw) == '.') {
      raw.remove_prefix(3);
    } else {
      return false;
    }
    ++dots;
  }
  return dots == 1 || dots == 2;
}

bool has_dot_segment(std::string_view path) noexcept {
  for (PathSegments segments{path}; segments.next();) {
    if (is_dot_segment(segments.segment())) return true;
  }
  return false;
}

bool QueryPairs::next() noexcept {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('&'), rest_.size());
    const std::string_view pair = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    key_ = pair.substr(0, equals);
    value_ = pair.substr(std::min(equals + 1, pair.size()));
    return true;
  }
  return false;
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view key) noexcept {
  for (QueryPairs pairs{query}; pairs.next();) {
    if (decodes_to(pairs.key(), key)) return pairs.value();
  }
  return std::nullopt;
}

Result<std::uint64_t> detail::parse_unsigned(std::string_view text, std::uint64_t largest) noexcept {
  if (!all_digits(text)) return Errc::invalid_argument;
  return from_digits<std::uint64_t>(text, 0, largest);
}

Result<std::int64_t> detail::parse_signed(std::string_view text, std::int64_t smallest, std::int64_t largest) noexcept {
  if (!all_digits(text.substr(text.starts_with('-') ? 1 : 0))) return Errc::invalid_argument;
  return from_digits<std::int64_t>(text, smallest, largest);
}

}  // namespace gyre::wire
