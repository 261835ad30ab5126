#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre::wire {

/// A host with an optional port, as in `Host`, in an absolute target and in HTTP/2's `:authority`.
struct Authority {
  std::string_view host;              ///< As written; an IPv6 address keeps its brackets.
  std::optional<std::uint16_t> port;  ///< Absent too if only the colon stands there.
};

/// Reads `uri-host [ ":" port ]` (RFC 3986 3.2.2, RFC 9110 7.2). Nothing for anything else: user information, an
/// invalid IPv6 address or escape, a port above 65535, an empty host. The result views `text`.
std::optional<Authority> parse_authority(std::string_view text) noexcept;

}  // namespace gyre::wire
