#pragma once

#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>

#include <algorithm>
#include <string_view>

namespace gyre::wire::internal {

/// What the parsers work with: no sum of offsets can overflow, and no field is read that cannot be stored.
inline HeadLimits effective_limits(const HeadLimits& limits, const MessageData& head) noexcept {
  return {.request_line = std::min(limits.request_line, HeadLimits::largest),
          .header_block = std::min(limits.header_block, HeadLimits::largest),
          .fields = std::min(limits.fields, head.field_capacity)};
}

/// More of the data than any head takes: offsets stay within 32 bits.
inline std::string_view within_offsets(std::string_view data) noexcept {
  return data.substr(0, 4U * HeadLimits::largest);
}

}  // namespace gyre::wire::internal
