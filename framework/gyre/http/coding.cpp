#include <gyre/http/coding.hpp>

#include <gyre/base/error.hpp>
#include <gyre/http/decoder.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/http/internal/coding_state.hpp>
#include <gyre/wire/fields.hpp>

#include <utility>

namespace gyre {
namespace {

using http::DecoderState;
using http::EncoderState;

constexpr std::size_t coding_count = 5;
constexpr unsigned kept_max = 4;

std::size_t index_of(Coding coding) noexcept { return static_cast<std::size_t>(coding); }

std::unique_ptr<EncoderState> make_encoder(Coding coding) {
  switch (coding) {
    case Coding::deflate:
    case Coding::gzip: return http::make_zlib_encoder(coding);
    case Coding::brotli: return http::make_brotli_encoder();
    case Coding::zstd: return http::make_zstd_encoder();
    case Coding::identity: break;
  }
  throw Failure{Errc::invalid_argument};
}

std::unique_ptr<DecoderState> make_decoder(Coding coding) {
  switch (coding) {
    case Coding::deflate:
    case Coding::gzip: return http::make_zlib_decoder(coding);
    case Coding::brotli: return http::make_brotli_decoder();
    case Coding::zstd: return http::make_zstd_decoder();
    case Coding::identity: break;
  }
  throw Failure{Errc::invalid_argument};
}

/// Set when the thread's lists are gone: what is given back after that is freed.
constinit thread_local bool retired = false;

template <class State>
class Pool {
 public:
  Pool() noexcept = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (List& list : lists_) {
      while (list.first != nullptr) delete std::exchange(list.first, list.first->next_free);
    }
  }

  State* take(Coding coding) noexcept {
    List& list = lists_[index_of(coding)];
    if (list.first == nullptr) return nullptr;
    --list.count;
    return std::exchange(list.first, list.first->next_free);
  }

  void give_back(Coding coding, State* state) noexcept {
    List& list = lists_[index_of(coding)];
    if (list.count == kept_max) {
      delete state;
      return;
    }
    state->next_free = std::exchange(list.first, state);
    ++list.count;
  }

 private:
  struct List {
    State* first = nullptr;
    unsigned count = 0;
  };
  List lists_[coding_count];
};

struct Pools {
  Pools() noexcept = default;
  Pools(const Pools&) = delete;
  Pools& operator=(const Pools&) = delete;
  ~Pools() { retired = true; }

  Pool<EncoderState> encoders;
  Pool<DecoderState> decoders;
};

Pools& pools() noexcept {
  static thread_local Pools instance;
  return instance;
}

}  // namespace

std::string_view name(Coding coding) noexcept {
  switch (coding) {
    case Coding::identity: return "identity";
    case Coding::deflate: return "deflate";
    case Coding::gzip: return "gzip";
    case Coding::brotli: return "br";
    case Coding::zstd: return "zstd";
  }
  return {};
}

std::optional<Coding> parse_coding(std::string_view text) noexcept {
  for (const Coding coding : {Coding::identity, Coding::deflate, Coding::gzip, Coding::brotli, Coding::zstd}) {
    if (equal_ignoring_case(text, name(coding))) return coding;
  }
  return equal_ignoring_case(text, "x-gzip") ? std::optional{Coding::gzip} : std::nullopt;
}

int Encoder::default_level(Coding coding) noexcept {
  switch (coding) {
    case Coding::deflate:
    case Coding::gzip: return 6;
    case Coding::brotli: return 4;
    case Coding::zstd: return 3;
    case Coding::identity: break;
  }
  return 0;
}

bool Encoder::is_level(Coding coding, int level) noexcept {
  switch (coding) {
    case Coding::deflate:
    case Coding::gzip: return level >= 1 && level <= 9;
    case Coding::brotli: return level >= 0 && level <= 11;
    case Coding::zstd: return level >= 1 && level <= 19;
    case Coding::identity: break;
  }
  return false;
}

Encoder::Encoder(Coding coding, std::optional<int> level) : coding_(coding), state_(nullptr) {
  const int wanted = level.value_or(default_level(coding));
  if (!is_level(coding, wanted)) throw Failure{Errc::invalid_argument};
  std::unique_ptr<EncoderState> state{retired ? nullptr : pools().encoders.take(coding)};
  if (state == nullptr) state = make_encoder(coding);
  state->start(wanted);
  state_ = state.release();
}

Encoder::Encoder(Encoder&& other) noexcept : coding_(other.coding_), state_(std::exchange(other.state_, nullptr)) {}

Encoder::~Encoder() {
  if (state_ == nullptr) return;
  state_->stop();
  if (retired) {
    delete state_;
  } else {
    pools().encoders.give_back(coding_, state_);
  }
}

CodingStep Encoder::step(std::string_view input, std::span<char> room, EncoderEnd end) {
  return state_->step(input, room, end);
}

std::string encode_all(Coding coding, std::string_view text, std::optional<int> level) {
  Encoder encoder{coding, level};
  std::string packed;
  std::size_t size = 0;
  for (bool done = false; !done;) {
    packed.resize(size + Encoder::room_min + text.size() / 2);
    const CodingStep step = encoder.step(text, std::span{packed}.subspan(size), EncoderEnd::finish);
    text.remove_prefix(step.used);
    size += step.made;
    done = step.done;
  }
  packed.resize(size);
  return packed;
}

Decoder::Decoder(Coding coding) : coding_(coding), state_(nullptr) {
  std::unique_ptr<DecoderState> state{retired ? nullptr : pools().decoders.take(coding)};
  if (state == nullptr) state = make_decoder(coding);
  state->start();
  state_ = state.release();
}

Decoder::Decoder(Decoder&& other) noexcept : coding_(other.coding_), state_(std::exchange(other.state_, nullptr)) {}

Decoder::~Decoder() {
  if (state_ == nullptr) return;
  state_->stop();
  if (retired) {
    delete state_;
  } else {
    pools().decoders.give_back(coding_, state_);
  }
}

Result<CodingStep> Decoder::step(std::string_view input, std::span<char> room) noexcept {
  return state_->step(input, room);
}

}  // namespace gyre
