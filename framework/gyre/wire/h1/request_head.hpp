#pragma once

#include <gyre/wire/h1/message_head.hpp>
#include <gyre/wire/method.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// The four forms of a request target (RFC 9112 3.2).
enum class TargetForm : std::uint8_t {
  origin,     ///< "/path?query"
  absolute,   ///< "http://host/path?query"
  authority,  ///< "host:port", with CONNECT only
  asterisk,   ///< "*", with OPTIONS only
};

namespace detail {

struct RequestData : MessageData {
  std::uint32_t method_begin = 0;
  std::uint32_t method_size = 0;
  std::uint32_t target_begin = 0;
  std::uint32_t target_size = 0;
  std::uint32_t path_begin = 0;
  std::uint32_t path_size = 0;
  std::uint32_t query_begin = 0;
  std::uint32_t query_size = 0;
  std::uint32_t host_begin = 0;
  std::uint32_t host_size = 0;
  Method method = Method::other;
  TargetForm form = TargetForm::origin;
  bool expect_continue = false;
};

}  // namespace detail

/// A parsed HTTP/1 request head: offsets into bytes that somebody else owns, and what the fields mean for framing and
/// for the connection. Made by `parse_request_head`. Fields, framing and the rules about memory are `MessageHead`'s.
class RequestHead : public MessageHead<detail::RequestData> {
 public:
  using MessageHead::MessageHead;

  Method method() const noexcept { return data_.method; }
  /// The method's text, the only name that a `Method::other` has.
  std::string_view method_text() const noexcept { return data_.text(data_.method_begin, data_.method_size); }

  TargetForm target_form() const noexcept { return data_.form; }
  /// The whole request target, as sent.
  std::string_view target() const noexcept { return data_.text(data_.target_begin, data_.target_size); }
  /// The path, not decoded, beginning with "/" ("/" too where an absolute target has none). "*" in asterisk form, empty
  /// in authority form.
  std::string_view path() const noexcept {
    if (data_.path_size == 0 && data_.form == TargetForm::absolute) return "/";
    return data_.text(data_.path_begin, data_.path_size);
  }
  /// What follows the first "?", not decoded; empty if there is none.
  std::string_view query() const noexcept { return data_.text(data_.query_begin, data_.query_size); }

  /// Whom the request is for, `host[:port]`: the target's authority if it has one, else the Host field (RFC 9112
  /// 3.2.2). Valid, but chosen by the client; empty if it named no host.
  std::string_view host() const noexcept { return data_.text(data_.host_begin, data_.host_size); }

  /// Whether the client waits for a 100 before it sends its body.
  bool expect_continue() const noexcept { return data_.expect_continue; }

  /// Whether bytes of a body follow the head: neither `chunked` nor a length means none.
  bool has_body() const noexcept { return data_.chunked || data_.content_length != 0; }
};

}  // namespace gyre::wire
