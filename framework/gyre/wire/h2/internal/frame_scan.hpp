#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::wire::internal {

/// The types of frames that the ledger knows (RFC 9113 6, RFC 9218 7.1).
enum class H2FrameType : std::uint8_t {
  data = 0,
  headers = 1,
  priority = 2,
  rst_stream = 3,
  settings = 4,
  push_promise = 5,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9,
  priority_update = 16,
};

inline constexpr std::uint8_t h2_end_stream = 1;  // flag of DATA and HEADERS
inline constexpr std::uint8_t h2_padded = 8;      // flag of DATA and HEADERS
inline constexpr std::uint8_t h2_ack = 1;         // flag of SETTINGS and PING

/// What each frame begins with (RFC 9113 4.1).
struct H2FrameHeader {
  static constexpr std::size_t size = 9;

  std::uint32_t length = 0;  ///< Bytes of the payload.
  H2FrameType type = H2FrameType::data;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  bool has_parent = false;
  std::uint32_t parent = 0;  ///< (PRIORITY) The stream that it depends on.
};

/// Finds the frames' headers in the bytes of a connection, whatever pieces these come in. It is the ledger's own look
/// at every frame: nghttp2 tells of those only that it takes seriously.
class H2FrameScan {
 public:
  /// `before`: bytes that come before the first frame.
  explicit H2FrameScan(std::size_t before) noexcept : skip_(before) {}

  /// The next header that is complete in `data`, from `at` on, which goes behind it. `begin` is where it begins in
  /// `data`: 0 if that was in earlier bytes. False, with `at` at the end, if none is. A PRIORITY frame of the right
  /// length comes a second time, with its `parent`, once that has arrived.
  bool next(std::string_view data, std::size_t& at, H2FrameHeader& header, std::size_t& begin) noexcept {
    const std::size_t skipped = std::min(skip_, data.size() - at);
    skip_ -= skipped;
    at += skipped;
    if (at == data.size()) return false;
    begin = have_ == 0 || have_ == H2FrameHeader::size ? at : 0;
    while (have_ != wanted_ && at != data.size()) bytes_[have_++] = static_cast<unsigned char>(data[at++]);
    if (have_ != wanted_) return false;
    header.length = number(0) >> 8U;
    header.type = static_cast<H2FrameType>(bytes_[3]);
    header.flags = bytes_[4];
    header.stream = number(5) & 0x7fffffffU;
    header.has_parent = wanted_ != H2FrameHeader::size;
    if (!header.has_parent && header.type == H2FrameType::priority && header.length == priority_length) {
      wanted_ += parent_size;
      return true;
    }
    if (header.has_parent) header.parent = number(H2FrameHeader::size) & 0x7fffffffU;
    skip_ = header.length - (wanted_ - H2FrameHeader::size);
    have_ = 0;
    wanted_ = H2FrameHeader::size;
    return true;
  }

 private:
  static constexpr std::size_t parent_size = 4;
  static constexpr std::uint32_t priority_length = 5;

  std::uint32_t number(std::size_t at) const noexcept {
    return static_cast<std::uint32_t>(bytes_[at]) << 24U | static_cast<std::uint32_t>(bytes_[at + 1]) << 16U |
           static_cast<std::uint32_t>(bytes_[at + 2]) << 8U | bytes_[at + 3];
  }

  std::size_t skip_;
  std::size_t have_ = 0;
  std::size_t wanted_ = H2FrameHeader::size;
  unsigned char bytes_[H2FrameHeader::size + parent_size] = {};
};

}  // namespace gyre::wire::internal
