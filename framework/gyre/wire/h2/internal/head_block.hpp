#pragma once

#include <gyre/wire/h1/head_error.hpp>
#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/message_head.hpp>
#include <gyre/wire/h1/received_response_head.hpp>
#include <gyre/wire/h1/request_head.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::wire::internal {

/// A header block while it arrives, field by field, in the form that a head has: text, and fields as offsets into it.
/// nghttp2 has checked each field by itself (names in lower case, valid values, pseudo-header fields first and once);
/// here is what they mean together.
class H2HeadBlock {
 public:
  enum class Kind : std::uint8_t { request, response, trailers };
  /// Whether the peer's side ends with this block.
  enum class End : std::uint8_t { no, yes };
  /// What becomes of the block with another field in it.
  enum class Verdict : std::uint8_t {
    good,
    malformed,  ///< The stream is reset (RFC 9113 8.1.1).
    bomb,       ///< More than four times what a block may have: the connection ends.
  };

  /// The next block begins; memory is kept.
  void begin(std::uint32_t stream, Kind kind) noexcept;
  Verdict add(std::string_view name, std::string_view value, const HeadLimits& limits);
  /// There is no block any more.
  void drop() noexcept { stream_ = 0; }

  /// The stream whose block this is; 0 without one.
  std::uint32_t stream() const noexcept { return stream_; }
  Kind kind() const noexcept { return kind_; }

  /// Storage for the head that `finish` fills.
  std::span<Field> fields() noexcept { return fields_; }
  /// What all offsets count from.
  std::string_view text() const noexcept { return text_; }

  /// The head of a request, or what answers it.
  HeadError finish(RequestHead& head, End end);
  /// The head of an answer.
  void finish(ReceivedResponseHead& head, End end) noexcept;
  /// Whether what has arrived is within the limits.
  bool fits() const noexcept { return error_ == HeadError::none; }
  /// Decoded bytes so far, 32 more for each field.
  std::uint64_t decoded() const noexcept { return total_; }

 private:
  struct Text {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  Verdict add_pseudo(std::string_view name, std::string_view value, const HeadLimits& limits);
  void add_field(FieldId id, std::string_view name, std::string_view value);
  Text append(std::string_view text);
  std::string_view view(Text text) const noexcept { return std::string_view(text_).substr(text.begin, text.size); }
  void join_cookies();
  /// Fields and framing.
  HeadError fill(detail::MessageData& data, End end) noexcept;
  HeadError read_target(detail::RequestData& data) const noexcept;
  HeadError read_host(detail::RequestData& data) const noexcept;

  std::uint32_t stream_ = 0;
  Kind kind_ = Kind::request;
  HeadError error_ = HeadError::none;  // the first limit that was broken: nothing is stored from then on
  std::string text_;
  std::vector<Field> fields_;
  std::vector<Text> crumbs_;  // of Cookie fields; the first one's field stands for all
  std::size_t cookie_ = 0;    // which field that is
  std::uint64_t total_ = 0;   // decoded bytes, 32 more for each field
  std::uint64_t block_ = 0;   // those that HTTP/1 would have had in field lines
  std::uint32_t count_ = 0;   // fields, all crumbs being one
  std::uint32_t expectations_ = 0;
  std::uint64_t seen_ = 0;
  Text method_;
  Text path_;
  Text authority_;
  Text protocol_;
  std::uint16_t status_ = 0;
};

}  // namespace gyre::wire::internal
