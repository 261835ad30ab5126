#pragma once

#include <gyre/wire/h1/message_head.hpp>
#include <gyre/wire/status.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::wire {

namespace detail {

struct ResponseData : MessageData {
  std::uint32_t reason_begin = 0;
  std::uint32_t reason_size = 0;
  Status status = Status{0};
};

}  // namespace detail

/// A parsed HTTP/1 response head, as a client sees it. Made by `parse_response_head`. Fields, framing and the rules
/// about memory are `MessageHead`'s; where the body ends depends on the request, too: `response_body`.
class ReceivedResponseHead : public MessageHead<detail::ResponseData> {
 public:
  using MessageHead::MessageHead;

  /// From 100 to 599, registered or not.
  Status status() const noexcept { return data_.status; }
  /// The reason phrase as sent, often empty. It means nothing (RFC 9112 4).
  std::string_view reason() const noexcept { return data_.text(data_.reason_begin, data_.reason_size); }
};

}  // namespace gyre::wire
