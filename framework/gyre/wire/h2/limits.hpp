#pragma once

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// So many at once, and so many a second from then on.
struct H2Rate {
  std::uint32_t burst;
  std::uint32_t per_second;
};

/// What the peer of an HTTP/2 connection may use. Beyond a rate or a count the connection ends with GOAWAY,
/// ENHANCE_YOUR_CALM unless another code is named, and `H2Session::exceeded` says which it was.
struct H2Limits {
  /// Streams open at once (SETTINGS_MAX_CONCURRENT_STREAMS), those included that are refused or reset and whose
  /// RST_STREAM has not gone out; one more is refused (REFUSED_STREAM) and a glitch.
  std::uint32_t streams = 100;
  /// Bytes that the peer may send on a stream, and on the connection, before they are used (flow control).
  std::uint32_t stream_window = 256 * 1024;
  std::uint32_t connection_window = 1024 * 1024;
  /// Bytes of the HPACK decoder's table (SETTINGS_HEADER_TABLE_SIZE), and of the encoder's at most.
  std::uint32_t header_table = 4096;
  /// Frames that follow a HEADERS frame to continue its block.
  std::uint32_t continuations = 8;
  /// Entries of one SETTINGS frame.
  std::uint32_t settings = 32;
  /// Frames that the peer makes us queue (acknowledgements, resets) and does not take.
  std::uint32_t queued_frames = 1'000;
  /// Streams that the peer resets, and, counted by themselves, streams that it makes us reset.
  H2Rate resets = {1'000, 33};
  /// Frames that cost work and serve nothing: PING, SETTINGS, empty DATA and CONTINUATION, invalid or unknown frames,
  /// HEADERS on closed streams, refused streams, each KiB of a header block that is too large; PRIORITY,
  /// PRIORITY_UPDATE and WINDOW_UPDATE beyond need, which is two of them for each request and for each frame of DATA
  /// that goes out.
  H2Rate glitches = {10'000, 330};
};

/// Which of them has ended a connection.
enum class H2Limit : std::uint8_t {
  none,
  continuations,
  settings,
  queued_frames,
  peer_resets,
  own_resets,
  glitches,
  header_bytes,  ///< A header block of more than four times `HeadLimits::header_block`, decoded.
};

/// "queued frames"
std::string_view name(H2Limit limit) noexcept;

}  // namespace gyre::wire
