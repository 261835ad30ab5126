// zstd, by its library.

#include <gyre/http/internal/coding_state.hpp>

#include <gyre/base/error.hpp>

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstdint>
#include <new>

namespace gyre::http {
namespace {

/// 256 KiB: an answer made on the fly gains little from more, and its encoder must be affordable.
constexpr int encoder_window_log = 18;
/// 8 MiB: what a client may use, and no more (RFC 9659 3).
constexpr int decoder_window_log = 23;
/// A decoder that had to grow beyond it is not kept.
constexpr std::size_t kept_bytes_max = std::size_t{1} << 20;

class ZstdEncoder final : public EncoderState {
 public:
  ZstdEncoder() : context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) throw std::bad_alloc{};
    ZSTD_CCtx_setParameter(context_, ZSTD_c_windowLog, encoder_window_log);
  }
  ~ZstdEncoder() override { ZSTD_freeCCtx(context_); }

  void start(int level) override {
    ZSTD_CCtx_reset(context_, ZSTD_reset_session_only);
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
  }

  CodingStep step(std::string_view input, std::span<char> room, EncoderEnd end) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const ZSTD_EndDirective mode = end == EncoderEnd::finish  ? ZSTD_e_end
                                   : end == EncoderEnd::flush ? ZSTD_e_flush
                                                              : ZSTD_e_continue;
    const std::size_t left = ZSTD_compressStream2(context_, &out, &in, mode);
    if (ZSTD_isError(left) != 0) throw std::bad_alloc{};  // nothing else can go wrong here
    const bool taken = in.pos == in.size;
    return {in.pos, out.pos, end == EncoderEnd::open ? taken : taken && left == 0};
  }

 private:
  ZSTD_CCtx* context_;
};

class ZstdDecoder final : public DecoderState {
 public:
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }

  void start() override {
    if (context_ == nullptr) {
      context_ = ZSTD_createDCtx();
      if (context_ == nullptr) throw std::bad_alloc{};
      ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, decoder_window_log);
    }
    ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
    done_ = false;
    begin_frame();
  }

  Result<CodingStep> step(std::string_view input, std::span<char> room) noexcept override {
    if (input.empty() && done_) return CodingStep{.done = true};
    const std::size_t of_header = gather(input);
    if (!begins_frame()) return Errc::bad_message;
    if (header_size_ < header_needed()) return CodingStep{of_header, 0};
    if (of_header != 0) {
      ZSTD_inBuffer header{header_, header_size_, 0};
      ZSTD_outBuffer nothing{room.data(), 0, 0};
      const std::size_t hint = ZSTD_decompressStream(context_, &nothing, &header);
      if (ZSTD_isError(hint) != 0) return error_of(ZSTD_getErrorCode(hint));
      done_ = hint == 0;  // nothing is to be skipped
      if (done_) begin_frame();
      if (done_ || of_header == input.size()) return CodingStep{of_header, 0, done_ && of_header == input.size()};
    }
    ZSTD_inBuffer in{input.data(), input.size(), of_header};
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(context_, &out, &in);
    if (ZSTD_isError(hint) != 0) return error_of(ZSTD_getErrorCode(hint));
    made_ += out.pos;
    done_ = hint == 0;
    if (done_ && !has_announced_size()) return Errc::bad_message;
    if (done_) begin_frame();
    return CodingStep{in.pos, out.pos, done_ && in.pos == in.size};
  }

  void stop() noexcept override {
    if (ZSTD_sizeof_DCtx(context_) <= kept_bytes_max) return;
    ZSTD_freeDCtx(context_);
    context_ = nullptr;
  }

 private:
  // A frame that is whole in its input goes another way through the library, one with other rules: neither the size of
  // its window nor what it announces is looked at in the same way. How the bytes were cut must not matter. So each
  // frame's header is given to it by itself, which never is a whole frame.
  void begin_frame() noexcept {
    header_size_ = 0;
    made_ = 0;
  }
  /// Takes what is missing of the header, or of what tells its size.
  std::size_t gather(std::string_view input) noexcept {
    std::size_t used = 0;
    while (header_size_ < header_needed() && used < input.size()) header_[header_size_++] = input[used++];
    return used;
  }
  bool is_skipped() const noexcept { return header_size_ != 0 && (header_[0] & 0xf0) == 0x50; }
  /// Whether what is there of the frame's magic number is that of a frame, or of one to skip (RFC 8878 3.1). The
  /// library would read the formats from before the standard, too.
  bool begins_frame() const noexcept {
    const std::string_view begin{header_, std::min(header_size_, std::size_t{4})};
    if (is_skipped()) return std::string_view{"\x2a\x4d\x18"}.starts_with(begin.substr(1));
    return std::string_view{"\x28\xb5\x2f\xfd"}.starts_with(begin);
  }
  /// The size of the header (RFC 8878 3.1.1.1, 3.1.2), as far as it can be told yet.
  std::size_t header_needed() const noexcept {
    constexpr std::size_t before_descriptor = 4;
    if (is_skipped()) return before_descriptor + 4;
    if (header_size_ <= before_descriptor) return before_descriptor + 1;
    const auto descriptor = static_cast<unsigned char>(header_[before_descriptor]);
    const bool is_single_segment = (descriptor & 0x20U) != 0;
    constexpr std::size_t dictionary_sizes[] = {0, 1, 2, 4};
    const std::size_t content_sizes[] = {is_single_segment ? 1U : 0U, 2, 4, 8};
    return before_descriptor + 1 + (is_single_segment ? 0 : 1) + dictionary_sizes[descriptor & 3U] +
           content_sizes[descriptor >> 6U];
  }
  bool has_announced_size() const noexcept {
    const unsigned long long announced = ZSTD_getFrameContentSize(header_, header_size_);
    return announced == ZSTD_CONTENTSIZE_UNKNOWN || announced == ZSTD_CONTENTSIZE_ERROR || announced == made_;
  }

  static Error error_of(ZSTD_ErrorCode code) noexcept {
    switch (code) {
      case ZSTD_error_frameParameter_windowTooLarge: return Errc::limit_exceeded;
      case ZSTD_error_memory_allocation: return Errc::out_of_memory;
      default: return Errc::bad_message;
    }
  }

  ZSTD_DCtx* context_ = nullptr;
  bool done_ = false;  ///< A frame is over and no other has begun.
  char header_[18];    ///< The first bytes of the frame, which have all of its header.
  std::size_t header_size_ = 0;
  std::uint64_t made_ = 0;  ///< Of the frame.
};

}  // namespace

std::unique_ptr<EncoderState> make_zstd_encoder() { return std::make_unique<ZstdEncoder>(); }
std::unique_ptr<DecoderState> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }

}  // namespace gyre::http
