#pragma once

#include <gyre/wire/h1/request_head.hpp>

namespace gyre::wire::internal {

/// Lets the parser's parts fill a head; nobody else writes one.
struct HeadAccess {
  using Data = RequestHead::Data;
  static Data& data(RequestHead& head) noexcept { return head.data_; }
};

using HeadData = HeadAccess::Data;

inline std::string_view text_at(const HeadData& head, std::uint32_t begin, std::uint32_t size) noexcept {
  return {head.base + begin, size};
}

inline std::uint64_t bit(FieldId id) noexcept { return std::uint64_t{1} << static_cast<unsigned>(id); }

}  // namespace gyre::wire::internal
