#include <gyre/wire/authority.hpp>

#include <gyre/wire/internal/characters.hpp>

#include <algorithm>
#include <cstddef>

namespace gyre::wire {
namespace {

using internal::is_class;
using internal::is_digit;
using internal::is_hex_digit;

bool is_ipv4(std::string_view text) noexcept {
  for (int part = 0; part < 4; ++part) {
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < text.size() && is_digit(text[digits]) && digits < 4) {
      value = value * 10 + static_cast<unsigned>(text[digits++] - '0');
    }
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    text.remove_prefix(digits);
    if (part == 3) break;
    if (text.empty() || text[0] != '.') return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

/// RFC 3986's IPv6address: eight groups, or fewer around one "::", the last two perhaps written as IPv4.
bool is_ipv6(std::string_view text) noexcept {
  int groups = 0;
  bool compressed = text.starts_with("::");
  if (compressed) text.remove_prefix(2);
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && is_hex_digit(text[digits])) ++digits;
    if (digits < text.size() && text[digits] == '.') {
      if (!is_ipv4(text)) return false;
      groups += 2;
      break;
    }
    if (digits == 0 || digits > 4) return false;
    ++groups;
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text[0] != ':' || text.size() == 1) return false;
    text.remove_prefix(1);
    if (text[0] == ':') {
      if (compressed) return false;
      compressed = true;
      text.remove_prefix(1);
    }
  }
  return compressed ? groups <= 7 : groups == 8;
}

/// "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ): nobody uses it, but the grammar knows it.
bool is_ip_future(std::string_view text) noexcept {
  if (text.empty() || (text[0] | 0x20) != 'v') return false;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
  const std::string_view version = text.substr(1, dot - 1);
  const std::string_view address = text.substr(dot + 1);
  return std::all_of(version.begin(), version.end(), is_hex_digit) &&
         std::all_of(address.begin(), address.end(),
                     [](char c) { return c == ':' || is_class(c, internal::char_name); });
}

/// Whether the text begins with a well-formed percent-escape.
bool begins_with_escape(std::string_view text) noexcept {
  return text.size() >= 3 && text[0] == '%' && is_hex_digit(text[1]) && is_hex_digit(text[2]);
}

/// Where the host ends; npos if it is invalid.
std::size_t host_end(std::string_view text) noexcept {
  if (!text.empty() && text[0] == '[') {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return bracket;
    const std::string_view address = text.substr(1, bracket - 1);
    return is_ipv6(address) || is_ip_future(address) ? bracket + 1 : std::string_view::npos;
  }
  std::size_t end = 0;
  for (;;) {
    while (end < text.size() && is_class(text[end], internal::char_name)) ++end;
    if (end == text.size() || text[end] == ':') return end;
    if (!begins_with_escape(text.substr(end))) return std::string_view::npos;
    end += 3;
  }
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) noexcept {
  const std::size_t end = host_end(text);
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  Authority authority{text.substr(0, end), std::nullopt};
  if (end == text.size()) return authority;
  if (text[end] != ':') return std::nullopt;
  const std::string_view digits = text.substr(end + 1);
  if (digits.empty()) return authority;
  unsigned port = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > UINT16_MAX) return std::nullopt;
  }
  authority.port = static_cast<std::uint16_t>(port);
  return authority;
}

}  // namespace gyre::wire
