#pragma once

#include <gyre/base/result.hpp>
#include <gyre/http/coding.hpp>
#include <gyre/http/encoder.hpp>

#include <memory>
#include <span>
#include <string_view>

namespace gyre::http {

/// The memory of an encoder, of one library. Used again and again: it lies in a list of its thread meanwhile.
class EncoderState {
 public:
  EncoderState() = default;
  EncoderState(const EncoderState&) = delete;
  EncoderState& operator=(const EncoderState&) = delete;
  virtual ~EncoderState() = default;

  /// A new body begins. Throws `std::bad_alloc`.
  virtual void start(int level) = 0;
  virtual CodingStep step(std::string_view input, std::span<char> room, EncoderEnd end) = 0;
  /// The body is over, or given up: lets go of what is not worth keeping.
  virtual void stop() noexcept {}

  EncoderState* next_free = nullptr;
};

/// The memory of a decoder.
class DecoderState {
 public:
  DecoderState() = default;
  DecoderState(const DecoderState&) = delete;
  DecoderState& operator=(const DecoderState&) = delete;
  virtual ~DecoderState() = default;

  virtual void start() = 0;
  virtual Result<CodingStep> step(std::string_view input, std::span<char> room) noexcept = 0;
  virtual void stop() noexcept {}

  DecoderState* next_free = nullptr;
};

// The libraries. Each throws `std::bad_alloc`.
std::unique_ptr<EncoderState> make_zlib_encoder(Coding coding);
std::unique_ptr<DecoderState> make_zlib_decoder(Coding coding);
std::unique_ptr<EncoderState> make_brotli_encoder();
std::unique_ptr<DecoderState> make_brotli_decoder();
std::unique_ptr<EncoderState> make_zstd_encoder();
std::unique_ptr<DecoderState> make_zstd_decoder();

}  // namespace gyre::http
