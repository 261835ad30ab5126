// brotli, by its library.

#include <gyre/http/internal/coding_state.hpp>

#include <brotli/decode.h>
#include <brotli/encode.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace gyre::http {
namespace {

/// 256 KiB, for the sake of the encoder's memory.
constexpr std::uint32_t window_log = 18;

/// The blocks of one encoder or decoder. brotli cannot begin anew in the memory that it has, and asks for the same
/// sizes each time: they are kept here between two bodies.
class Blocks {
 public:
  Blocks() noexcept = default;
  Blocks(const Blocks&) = delete;
  Blocks& operator=(const Blocks&) = delete;
  ~Blocks() { trim(0); }

  static void* allocate(void* blocks, std::size_t size) { return static_cast<Blocks*>(blocks)->take(size); }
  static void release(void* blocks, void* memory) { static_cast<Blocks*>(blocks)->give_back(memory); }

  /// Frees what is kept if it is more than that.
  void trim(std::size_t most) noexcept {
    if (kept_bytes_ <= most) return;
    for (Head*& kept : kept_) {
      std::free(kept);
      kept = nullptr;
    }
    kept_bytes_ = 0;
  }

 private:
  struct alignas(16) Head {
    std::size_t size;
  };
  static constexpr unsigned kept_max = 32;

  void* take(std::size_t size) noexcept {
    for (Head*& kept : kept_) {
      if (kept == nullptr || kept->size != size) continue;
      Head* const block = kept;
      kept = nullptr;
      kept_bytes_ -= size;
      return block + 1;
    }
    if (size > SIZE_MAX - sizeof(Head)) return nullptr;
    auto* block = static_cast<Head*>(std::malloc(sizeof(Head) + size));
    if (block == nullptr) return nullptr;
    block->size = size;
    return block + 1;
  }

  void give_back(void* memory) noexcept {
    if (memory == nullptr) return;
    Head* const block = static_cast<Head*>(memory) - 1;
    for (Head*& kept : kept_) {
      if (kept != nullptr) continue;
      kept = block;
      kept_bytes_ += block->size;
      return;
    }
    std::free(block);
  }

  Head* kept_[kept_max]{};
  std::size_t kept_bytes_ = 0;
};

const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

class BrotliEncoder final : public EncoderState {
 public:
  BrotliEncoder() noexcept = default;
  ~BrotliEncoder() override { BrotliEncoderDestroyInstance(instance_); }

  void start(int level) override {
    instance_ = BrotliEncoderCreateInstance(&Blocks::allocate, &Blocks::release, &blocks_);
    if (instance_ == nullptr) throw std::bad_alloc{};
    BrotliEncoderSetParameter(instance_, BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(level));
    BrotliEncoderSetParameter(instance_, BROTLI_PARAM_LGWIN, window_log);
  }

  CodingStep step(std::string_view input, std::span<char> room, EncoderEnd end) override {
    const BrotliEncoderOperation operation = end == EncoderEnd::finish  ? BROTLI_OPERATION_FINISH
                                             : end == EncoderEnd::flush ? BROTLI_OPERATION_FLUSH
                                                                        : BROTLI_OPERATION_PROCESS;
    std::size_t input_left = input.size();
    std::size_t room_left = room.size();
    const std::uint8_t* next_in = bytes_of(input);
    auto* next_out = reinterpret_cast<std::uint8_t*>(room.data());
    if (BrotliEncoderCompressStream(instance_, operation, &input_left, &next_in, &room_left, &next_out, nullptr) ==
        BROTLI_FALSE) {
      // Nothing else can go wrong here; and as the library is usually built, its encoder ends the process instead.
      throw std::bad_alloc{};
    }
    bool done = input_left == 0;
    if (end == EncoderEnd::flush) done = done && BrotliEncoderHasMoreOutput(instance_) == BROTLI_FALSE;
    if (end == EncoderEnd::finish) done = BrotliEncoderIsFinished(instance_) == BROTLI_TRUE;
    return {input.size() - input_left, room.size() - room_left, done};
  }

  void stop() noexcept override {
    constexpr std::size_t kept_bytes_max = std::size_t{6} << 20;  // the highest levels take much more
    BrotliEncoderDestroyInstance(instance_);
    instance_ = nullptr;
    blocks_.trim(kept_bytes_max);
  }

 private:
  Blocks blocks_;
  ::BrotliEncoderState* instance_ = nullptr;
};

class BrotliDecoder final : public DecoderState {
 public:
  BrotliDecoder() noexcept = default;
  ~BrotliDecoder() override {
    if (instance_ != nullptr) BrotliDecoderDestroyInstance(instance_);
  }

  void start() override {
    instance_ = BrotliDecoderCreateInstance(&Blocks::allocate, &Blocks::release, &blocks_);
    if (instance_ == nullptr) throw std::bad_alloc{};
    ended_ = false;
  }

  Result<CodingStep> step(std::string_view input, std::span<char> room) noexcept override {
    if (ended_) {
      if (input.empty()) return CodingStep{.done = true};
      return Errc::bad_message;
    }
    std::size_t input_left = input.size();
    std::size_t room_left = room.size();
    const std::uint8_t* next_in = bytes_of(input);
    auto* next_out = reinterpret_cast<std::uint8_t*>(room.data());
    const BrotliDecoderResult outcome =
        BrotliDecoderDecompressStream(instance_, &input_left, &next_in, &room_left, &next_out, nullptr);
    if (outcome == BROTLI_DECODER_RESULT_ERROR) return error();
    ended_ = outcome == BROTLI_DECODER_RESULT_SUCCESS;
    return CodingStep{input.size() - input_left, room.size() - room_left, ended_};
  }

  void stop() noexcept override {
    constexpr std::size_t kept_bytes_max = std::size_t{1} << 20;
    BrotliDecoderDestroyInstance(instance_);
    instance_ = nullptr;
    blocks_.trim(kept_bytes_max);
  }

 private:
  Error error() const noexcept {
    const BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(instance_);
    const bool memory =
        code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    return memory ? Errc::out_of_memory : Errc::bad_message;
  }

  Blocks blocks_;
  ::BrotliDecoderState* instance_ = nullptr;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<EncoderState> make_brotli_encoder() { return std::make_unique<BrotliEncoder>(); }
std::unique_ptr<DecoderState> make_brotli_decoder() { return std::make_unique<BrotliDecoder>(); }

}  // namespace gyre::http
