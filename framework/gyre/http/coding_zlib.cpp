// gzip and deflate, by zlib.

#include <gyre/http/internal/coding_state.hpp>

#include <zlib.h>

#include <algorithm>
#include <new>

namespace gyre::http {
namespace {

constexpr int window_bits = 15;
constexpr int memory_level = 8;
constexpr int gzip_format = 16;  // zlib's way to ask for it: added to the bits of the window

int format_of(Coding coding) noexcept { return coding == Coding::gzip ? window_bits + gzip_format : window_bits; }

/// Lends zlib the input and the room. It counts in 32 bits; what is beyond is left for the next step.
class Lending {
 public:
  Lending(z_stream& stream, std::string_view input, std::span<char> room) noexcept
      : stream_(&stream), input_(cut(input.size())), room_(cut(room.size())), whole_(input_ == input.size()) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = input_;
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = room_;
  }
  CodingStep step(bool done) const noexcept {
    return {input_ - stream_->avail_in, room_ - stream_->avail_out, done && whole_};
  }

 private:
  static uInt cut(std::size_t size) noexcept {
    return static_cast<uInt>(std::min<std::size_t>(size, std::size_t{1} << 30U));
  }
  z_stream* stream_;
  uInt input_;
  uInt room_;
  bool whole_;
};

class ZlibEncoder final : public EncoderState {
 public:
  explicit ZlibEncoder(Coding coding) : level_(Encoder::default_level(coding)) {
    if (deflateInit2(&stream_, level_, Z_DEFLATED, format_of(coding), memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc{};
    }
  }
  ~ZlibEncoder() override { deflateEnd(&stream_); }

  void start(int level) override {
    deflateReset(&stream_);
    if (level == level_) return;
    deflateParams(&stream_, level, Z_DEFAULT_STRATEGY);  // writes nothing: nothing was compressed yet
    level_ = level;
  }

  CodingStep step(std::string_view input, std::span<char> room, EncoderEnd end) override {
    const Lending lent{stream_, input, room};
    const int mode = end == EncoderEnd::finish ? Z_FINISH : end == EncoderEnd::flush ? Z_SYNC_FLUSH : Z_NO_FLUSH;
    const int outcome = deflate(&stream_, mode);  // Z_BUF_ERROR: there was nothing to do
    const bool taken = stream_.avail_in == 0;
    if (end == EncoderEnd::finish) return lent.step(outcome == Z_STREAM_END);
    return lent.step(taken && (end == EncoderEnd::open || stream_.avail_out != 0));
  }

 private:
  z_stream stream_{};
  int level_;
};

class ZlibDecoder final : public DecoderState {
 public:
  explicit ZlibDecoder(Coding coding) : coding_(coding) {
    if (inflateInit2(&stream_, format_of(coding)) != Z_OK) throw std::bad_alloc{};
  }
  ~ZlibDecoder() override { inflateEnd(&stream_); }

  void start() override {
    inflateReset2(&stream_, format_of(coding_));
    begun_ = 0;
    ended_ = false;
  }

  Result<CodingStep> step(std::string_view input, std::span<char> room) noexcept override {
    if (ended_) {
      if (input.empty()) return CodingStep{.done = true};
      if (coding_ == Coding::deflate) return Errc::bad_message;
      start();  // the next member
    }
    if (coding_ == Coding::deflate && begun_ < 2) return step_head(input, room);
    return inflate_some(input, room);
  }

 private:
  /// The first two bytes tell whether the header of zlib is there (RFC 1950 2.2). They are kept until both have come.
  Result<CodingStep> step_head(std::string_view input, std::span<char> room) noexcept {
    std::size_t used = 0;
    while (begun_ < 2 && used < input.size()) head_[begun_++] = input[used++];
    if (begun_ < 2) return CodingStep{.used = used};
    const auto first = static_cast<unsigned char>(head_[0]);
    const auto second = static_cast<unsigned char>(head_[1]);
    const bool has_header = (first & 0x0fU) == Z_DEFLATED && (first * 256U + second) % 31 == 0;
    if (!has_header) inflateReset2(&stream_, -window_bits);
    // Two bytes of raw deflate can stand for no more than the smallest room holds.
    char start_of_text[258];
    const bool fits = room.size() >= sizeof start_of_text;
    const Result<CodingStep> head = inflate_some({head_, 2}, fits ? room : std::span<char>{start_of_text});
    if (!head) return head.error();
    if (head->used != 2 || (!fits && head->made > room.size())) return Errc::bad_message;
    if (!fits) std::copy_n(start_of_text, head->made, room.data());
    return CodingStep{used, head->made, head->done};
  }

  Result<CodingStep> inflate_some(std::string_view input, std::span<char> room) noexcept {
    const Lending lent{stream_, input, room};
    switch (inflate(&stream_, Z_NO_FLUSH)) {
      case Z_OK:
      case Z_BUF_ERROR: return lent.step(false);
      case Z_STREAM_END: ended_ = true; return CodingStep{lent.step(true).used, lent.step(true).made, true};
      case Z_MEM_ERROR: return Errc::out_of_memory;
      default: return Errc::bad_message;
    }
  }

  z_stream stream_{};
  Coding coding_;
  char head_[2]{};
  unsigned begun_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<EncoderState> make_zlib_encoder(Coding coding) { return std::make_unique<ZlibEncoder>(coding); }
std::unique_ptr<DecoderState> make_zlib_decoder(Coding coding) { return std::make_unique<ZlibDecoder>(coding); }

}  // namespace gyre::http
