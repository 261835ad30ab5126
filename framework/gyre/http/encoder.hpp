#pragma once

#include <gyre/http/coding.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gyre {
namespace http {
class EncoderState;
}

/// What `Encoder::step` does beside taking the input.
enum class EncoderEnd : std::uint8_t {
  open,    ///< Writes when it sees fit: it may keep much back.
  flush,   ///< Writes all that it keeps back, so that a reader can decode everything so far. Costs a few bytes.
  finish,  ///< Ends the coded body.
};

/// Packs one body. Not thread-safe.
///
/// Its memory comes from a pool of the calling thread, since it is large. At the levels of `default_level` it has
/// about 260 KiB for gzip and deflate, 1 MiB for zstd, and 0.5 MiB (short bodies) to 5.5 MiB (long ones) for brotli; at
/// the highest levels tens of MiB. A thread keeps four encoders of a coding, of brotli up to 6 MiB each.
class Encoder {
 public:
  /// The room that `step` needs at least: less could be filled by the marks of a flush alone, for ever.
  static constexpr std::size_t room_min = 64;

  /// The level that is worth its time for answers made on the fly: gzip and deflate 6, brotli 4, zstd 3.
  static int default_level(Coding coding) noexcept;
  /// 1 to 9 for gzip and deflate, 0 to 11 for brotli, 1 to 19 for zstd.
  static bool is_level(Coding coding, int level) noexcept;

  /// Throws `Failure` (`invalid_argument`) for identity or a level that there is not, and `std::bad_alloc`.
  explicit Encoder(Coding coding, std::optional<int> level = {});
  Encoder(Encoder&& other) noexcept;
  Encoder& operator=(Encoder&&) = delete;
  ~Encoder();

  Coding coding() const noexcept { return coding_; }

  /// Takes what it can of `input`, and writes into `room` (at least `room_min` bytes). `done`: all input is taken and
  /// `end` is fulfilled. If not, there is more to write: call it again with the rest of the input, the same `end` and
  /// more room. Nothing follows a fulfilled `finish`. Throws `std::bad_alloc`; but brotli's library, as it is usually
  /// built, ends the process for want of memory.
  CodingStep step(std::string_view input, std::span<char> room, EncoderEnd end);

 private:
  Coding coding_;
  http::EncoderState* state_;
};

/// A whole text packed at once, for what is small or packed once: it takes the loop as long as it takes. Throws as the
/// `Encoder`'s constructor.
std::string encode_all(Coding coding, std::string_view text, std::optional<int> level = {});

}  // namespace gyre
