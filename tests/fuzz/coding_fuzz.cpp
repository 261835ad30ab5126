// The decoders under any bytes: what they make and how they end does not depend on how the bytes were cut, they write
// no more than they have room for, and they come to an end; and what the encoders write they read. The first byte of
// the input chooses the coding and the cuts.

#include <gyre/base/assert.hpp>
#include <gyre/http/decoder.hpp>
#include <gyre/http/encoder.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace gyre;

/// A bomb is given up here.
constexpr std::size_t text_max = std::size_t{1} << 20;

struct Run {
  std::string text;
  std::optional<Errc> error;
  bool done = false;
  bool given_up = false;
};

/// Decodes the bytes in pieces, each in a block of exactly its size, as is the room.
Run decode(Coding coding, std::string_view bytes, std::size_t piece_size, std::size_t room_size) {
  Run run;
  Decoder decoder{coding};
  const std::unique_ptr<char[]> room(new char[room_size]);
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece_size, bytes.size());
    const std::unique_ptr<char[]> block(new char[size]);
    std::memcpy(block.get(), bytes.data(), size);
    bytes.remove_prefix(size);
    for (std::string_view piece{block.get(), size};;) {
      const Result<CodingStep> step = decoder.step(piece, {room.get(), room_size});
      if (!step) {
        run.error = step.error().code();
        GYRE_ASSERT(*run.error == Errc::bad_message || *run.error == Errc::limit_exceeded);
        return run;
      }
      GYRE_ASSERT(step->used <= piece.size() && step->made <= room_size);
      run.done = step->done;
      if (step->used == 0 && step->made == 0) {
        GYRE_ASSERT(piece.empty());
        break;
      }
      piece.remove_prefix(step->used);
      run.text.append(room.get(), step->made);
      run.given_up = run.text.size() > text_max;
      if (run.given_up) return run;
    }
  }
  return run;
}

void compare(const Run& one, const Run& other) {
  const std::size_t common = std::min(one.text.size(), other.text.size());
  GYRE_ASSERT(one.text.compare(0, common, other.text, 0, common) == 0);
  if (one.given_up || other.given_up) return;
  GYRE_ASSERT(one.error.has_value() == other.error.has_value());
  // What the last step before a fault has made is lost with it.
  if (!one.error) GYRE_ASSERT(one.text.size() == other.text.size() && one.done == other.done);
}

void round_trip(Coding coding, std::string_view text, std::size_t piece_size) {
  Encoder encoder{coding};
  std::string coded;
  char room[Encoder::room_min + 13];
  const auto encode = [&](std::string_view piece, EncoderEnd end) {
    for (bool done = false; !done;) {
      const CodingStep step = encoder.step(piece, room, end);
      GYRE_ASSERT(step.used <= piece.size() && step.made <= sizeof room);
      coded.append(room, step.made);
      piece.remove_prefix(step.used);
      done = step.done;
    }
  };
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(piece_size, rest.size()))) {
    encode(rest.substr(0, piece_size), (rest.size() & 1U) != 0 ? EncoderEnd::flush : EncoderEnd::open);
  }
  encode({}, EncoderEnd::finish);
  const Run run = decode(coding, coded, piece_size, 100);
  GYRE_ASSERT(run.done && !run.error && run.text == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr Coding codings[] = {Coding::deflate, Coding::gzip, Coding::brotli, Coding::zstd};
  const unsigned choice = data[0];
  const Coding coding = codings[choice & 3U];
  const std::size_t piece = 1 + (choice >> 2U);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Run at_once = decode(coding, bytes, bytes.size() + 1, 4096);
  compare(at_once, decode(coding, bytes, piece, 4096));
  compare(at_once, decode(coding, bytes, bytes.size() + 1, 64 + piece));
  round_trip(coding, bytes, piece);
  return 0;
}
