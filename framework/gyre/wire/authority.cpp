#include <gyre/wire/authority.hpp>

#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/ip_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace gyre::wire {
namespace {

using internal::is_class;
using internal::is_digit;
using internal::is_hex_digit;

bool is_ipv6(std::string_view text) noexcept {
  std::array<std::byte, 16> address;
  return internal::parse_ipv6(text, address);
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
