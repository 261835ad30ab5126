#pragma once

#include <gyre/base/result.hpp>
#include <gyre/http/coding.hpp>

#include <span>
#include <string_view>

namespace gyre {
namespace http {
class DecoderState;
}

/// Unpacks one body. Not thread-safe.
///
/// It writes no more than it is given room for, however much a few bytes of input may stand for: bounding the whole is
/// the caller's business. Its memory comes from a pool of the calling thread: 40 KiB for gzip and deflate, for
/// brotli and zstd 0.4 to 0.8 MiB and the window that the body asks for, up to 16 MiB and 8 MiB.
class Decoder {
 public:
  /// Throws `Failure` (`invalid_argument`) for identity, and `std::bad_alloc`.
  explicit Decoder(Coding coding);
  Decoder(Decoder&& other) noexcept;
  Decoder& operator=(Decoder&&) = delete;
  ~Decoder();

  Coding coding() const noexcept { return coding_; }

  /// Takes what it can of `input`, and writes into `room`, which must not be empty. Call it again with the rest until
  /// it neither takes nor writes anything: then it wants more input. `done`: here the body may end, all of it is
  /// written. A body that ends elsewhere is truncated. gzip and zstd may go on with a further member or frame, which is
  /// decoded behind the first (RFC 1952 2.2); deflate without the zlib header (RFC 1950) is taken, too, for the sake of
  /// old clients.
  ///
  /// Errors, for good: `bad_message` for bytes that are not this coding, or stand behind its end; `limit_exceeded` for
  /// a window that is too large; `out_of_memory`.
  Result<CodingStep> step(std::string_view input, std::span<char> room) noexcept;

 private:
  Coding coding_;
  http::DecoderState* state_;
};

}  // namespace gyre
