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
inline constexpr std::uint8_t h2_ack = 1;         // flag of SETTINGS and PING

/// What each frame begins with (RFC 9113 4.1).
struct H2FrameHeader {
  static constexpr std::size_t size = 9;

  std::uint32_t length = 0;  ///< Bytes of the payload.
  H2FrameType type = H2FrameType::data;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
};

/// Finds the frames' headers in the bytes of a connection, whatever pieces these come in. It is the ledger's own look
/// at every frame: nghttp2 tells of those only that it takes seriously.
class H2FrameScan {
 public:
  /// `before`: bytes that come before the first frame.
  explicit H2FrameScan(std::size_t before) noexcept : skip_(before) {}

  /// The next header that is complete in `data`, from `at` on, which goes behind it. `begin` is where it begins in
  /// `data`: 0 if that was in earlier bytes. False, with `at` at the end, if none is.
  bool next(std::string_view data, std::size_t& at, H2FrameHeader& header, std::size_t& begin) noexcept {
    const std::size_t skipped = std::min(skip_, data.size() - at);
    skip_ -= skipped;
    at += skipped;
    if (at == data.size()) return false;
    begin = at;
    while (have_ != H2FrameHeader::size && at != data.size()) header_[have_++] = static_cast<unsigned char>(data[at++]);
    if (have_ != H2FrameHeader::size) return false;
    if (at < H2FrameHeader::size) begin = 0;
    have_ = 0;
    header.length = static_cast<std::uint32_t>(header_[0] << 16U | header_[1] << 8U | header_[2]);
    header.type = static_cast<H2FrameType>(header_[3]);
    header.flags = header_[4];
    header.stream = (static_cast<std::uint32_t>(header_[5]) << 24U | static_cast<std::uint32_t>(header_[6]) << 16U |
                     static_cast<std::uint32_t>(header_[7]) << 8U | header_[8]) &
                    0x7fffffffU;
    skip_ = header.length;
    return true;
  }

 private:
  std::size_t skip_;
  std::size_t have_ = 0;
  unsigned char header_[H2FrameHeader::size] = {};
};

}  // namespace gyre::wire::internal
