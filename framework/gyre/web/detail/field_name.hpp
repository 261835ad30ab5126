#pragma once

#include <string_view>

namespace gyre::detail {

/// Whether the text is a token (RFC 9110 5.6.2), as `is_token`, while compiling.
constexpr bool is_field_name(std::string_view text) noexcept {
  for (const char c : text) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alphanumeric && std::string_view{"!#$%&'*+-.^_`|~"}.find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

}  // namespace gyre::detail
