#pragma once

#include <gyre/wire/h1/received_response_head.hpp>
#include <gyre/wire/h1/request_head.hpp>

namespace gyre::wire::internal {

using detail::MessageData;
using detail::ResponseData;
using HeadData = detail::RequestData;

/// Lets the parsers' parts fill a head; nobody else writes one.
struct HeadAccess {
  static HeadData& data(RequestHead& head) noexcept { return head.data_; }
  static ResponseData& data(ReceivedResponseHead& head) noexcept { return head.data_; }
};

constexpr std::uint64_t bit(FieldId id) noexcept { return std::uint64_t{1} << static_cast<unsigned>(id); }

}  // namespace gyre::wire::internal
