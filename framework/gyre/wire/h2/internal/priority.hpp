#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre::wire::internal {

/// How soon an answer is wanted (RFC 9218 4).
struct H2Priority {
  std::uint8_t urgency = 3;  ///< 0 first, 7 last.
  bool incremental = false;  ///< Takes turns with others of its urgency.
};

/// Reads the value of PRIORITY_UPDATE, as of the Priority field: "u=1, i". What is unknown or out of range counts as
/// not said; nothing for what is no dictionary (RFC 8941 3.2).
std::optional<H2Priority> parse_priority(std::string_view value) noexcept;

}  // namespace gyre::wire::internal
