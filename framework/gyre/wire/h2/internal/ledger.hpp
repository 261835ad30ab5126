#pragma once

#include <gyre/base/time.hpp>
#include <gyre/wire/h2/internal/frame_scan.hpp>
#include <gyre/wire/h2/limits.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace gyre::wire::internal {

/// So many at once and so many a second.
class H2Bucket {
 public:
  H2Bucket(H2Rate rate, TimePoint now) noexcept : rate_(rate), left_(rate.burst), filled_(now) {}

  /// Takes so many; false if there are fewer.
  bool take(TimePoint now, std::uint32_t count = 1) noexcept;

 private:
  H2Rate rate_;
  std::uint32_t left_;
  TimePoint filled_;
};

/// What the peer's frames cost, by their headers alone, and which streams it has used.
class H2Ledger {
 public:
  H2Ledger(const H2Limits& limits, TimePoint now) noexcept
      : settings_max_(limits.settings),
        continuations_max_(limits.continuations),
        resets_(limits.resets, now),
        own_(limits.resets, now),
        glitches_(limits.glitches, now) {}

  /// A frame that begins: which limit it breaks, or `none`.
  H2Limit admit(const H2FrameHeader& frame, TimePoint now) noexcept;
  /// Something that cost work and served nothing, seen elsewhere.
  H2Limit glitch(TimePoint now) noexcept { return glitches_.take(now) ? H2Limit::none : H2Limit::glitches; }
  /// A header block of so many bytes, decoded, that was larger than it may be: each KiB is a glitch.
  H2Limit oversized(std::uint64_t decoded, TimePoint now) noexcept {
    return glitches_.take(now, static_cast<std::uint32_t>(decoded / 1024 + 1)) ? H2Limit::none : H2Limit::glitches;
  }
  /// A stream that the peer has made us reset.
  H2Limit own_reset(TimePoint now) noexcept { return own_.take(now) ? H2Limit::none : H2Limit::own_resets; }
  /// A frame of DATA has gone out: the peer answers it with WINDOW_UPDATE.
  void data_sent() noexcept { earn(); }

  /// Whether a stream of the client has a number that no stream can get any more, and never had one.
  bool was_skipped(std::uint32_t stream) const noexcept;
  /// The highest stream that the client has opened.
  std::uint32_t last_stream() const noexcept { return last_stream_; }

  /// Whose side of a closed stream was over already when it was closed.
  enum class Peer : std::uint8_t { sending, done };
  void closed(std::uint32_t stream, Peer peer) noexcept;
  /// Whether a stream was closed lately, and the peer knows for certain that it must send nothing on it.
  bool peer_is_done(std::uint32_t stream) const noexcept;

 private:
  struct Gap {
    std::uint32_t first = 1;
    std::uint32_t last = 0;  // inclusive; empty as it is
  };

  /// Frames that steer streams are free as far as streams are served: so many for each that begins and each frame of
  /// data that goes out, on its window and on the connection's.
  static constexpr std::uint32_t earned = 2;
  static constexpr std::uint32_t free_max = 4096;
  void earn() noexcept {
    if (free_ < free_max) free_ += earned;
  }
  H2Limit steer(TimePoint now) noexcept;
  void open(std::uint32_t stream) noexcept;

  std::uint32_t settings_max_;
  std::uint32_t continuations_max_;
  std::uint32_t continuations_ = 0;  // of this header block
  std::uint32_t free_ = 16;          // what a client may say before its first request
  H2Bucket resets_;
  H2Bucket own_;
  H2Bucket glitches_;
  std::uint32_t last_stream_ = 0;
  std::uint8_t next_gap_ = 0;
  std::uint8_t next_closed_ = 0;
  std::array<Gap, 4> gaps_ = {};
  std::array<std::uint32_t, 16> closed_ = {};  // a number, shifted by one, and whether the peer was done
};

}  // namespace gyre::wire::internal
