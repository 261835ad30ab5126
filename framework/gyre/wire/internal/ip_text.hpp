#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace gyre::wire::internal {

/// Reads RFC 3986's IPv4address: four numbers, none with a leading zero. False for any other text.
bool parse_ipv4(std::string_view text, std::span<std::byte, 4> out) noexcept;

/// Reads RFC 3986's IPv6address: eight groups, or fewer around one "::", the last two perhaps written as IPv4. False
/// for any other text; `out` then holds anything.
bool parse_ipv6(std::string_view text, std::span<std::byte, 16> out) noexcept;

}  // namespace gyre::wire::internal
