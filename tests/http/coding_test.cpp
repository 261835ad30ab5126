#include "each_loop.hpp"

#include <gyre/base/error.hpp>
#include <gyre/http/decoder.hpp>
#include <gyre/http/encoder.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using gyre::Coding;
using gyre::CodingStep;
using gyre::Decoder;
using gyre::Encoder;
using gyre::EncoderEnd;
using gyre::Errc;
using gyre::Result;
using namespace std::string_view_literals;

namespace {

constexpr Coding codings[] = {Coding::deflate, Coding::gzip, Coding::brotli, Coding::zstd};

std::string encode(Encoder& encoder, std::string_view text, EncoderEnd end, std::size_t room_size = 4096) {
  std::string coded;
  std::vector<char> room(room_size);
  for (bool done = false; !done;) {
    const CodingStep step = encoder.step(text, room, end);
    coded.append(room.data(), step.made);
    text.remove_prefix(step.used);
    done = step.done;
  }
  return coded;
}

std::string encode(Coding coding, std::string_view text) {
  Encoder encoder{coding};
  return encode(encoder, text, EncoderEnd::finish);
}

/// Feeds pieces of `piece` bytes into rooms of `room_size`. The text, or the name of the error, or "truncated" behind
/// it.
std::string decode(Decoder& decoder, std::string_view coded, std::size_t piece = SIZE_MAX,
                   std::size_t room_size = 4096) {
  std::string text;
  std::vector<char> room(room_size);
  bool done = false;
  while (!coded.empty()) {
    std::string_view some = coded.substr(0, piece);
    coded.remove_prefix(some.size());
    for (;;) {
      const Result<CodingStep> step = decoder.step(some, room);
      if (!step) return std::string{name(step.error().code())};
      some.remove_prefix(step->used);
      text.append(room.data(), step->made);
      done = step->done;
      if (step->used == 0 && step->made == 0) break;
    }
    REQUIRE(some.empty());
  }
  return done ? text : text + "|truncated";
}

std::string decode(Coding coding, std::string_view coded, std::size_t piece = SIZE_MAX, std::size_t room_size = 4096) {
  Decoder decoder{coding};
  return decode(decoder, coded, piece, room_size);
}

std::string sample(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i)
    text += R"({"id":)" + std::to_string(i * 7919 % 1000) + R"(,"name":"gyre"},)";
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("the names of codings", "[http][coding]") {
  for (const Coding coding : codings) CHECK(gyre::parse_coding(name(coding)) == coding);
  CHECK(gyre::parse_coding("identity") == Coding::identity);
  CHECK(gyre::parse_coding("X-GZip") == Coding::gzip);
  CHECK(gyre::parse_coding("BR") == Coding::brotli);
  for (const std::string_view text : {"", "gzi", "gzip ", "compress", "lzma"}) CHECK(!gyre::parse_coding(text));
}

TEST_CASE("what is encoded is decoded, however it is cut", "[http][coding]") {
  for (const Coding coding : codings) {
    for (const std::size_t size : {0U, 1U, 100U, 5000U, 300'000U}) {
      const std::string text = sample(size);
      const std::string coded = encode(coding, text);
      INFO(name(coding) << " " << size);
      CHECK(decode(coding, coded) == text);
      CHECK(decode(coding, coded, 1, 64) == text);
      CHECK(decode(coding, coded, 7, 1) == text);
      if (size > 1000) CHECK(coded.size() < size / 2);
    }
  }
}

TEST_CASE("every level there is works, and a pooled encoder takes the next one", "[http][coding]") {
  const std::string text = sample(20'000);
  for (const Coding coding : codings) {
    CHECK_THROWS_AS(Encoder(coding, -1), gyre::Failure);
    CHECK_THROWS_AS(Encoder(coding, 20), gyre::Failure);
    for (int level = 0; level < 20; ++level) {
      if (!Encoder::is_level(coding, level)) continue;
      Encoder encoder{coding, level};
      INFO(name(coding) << " " << level);
      CHECK(decode(coding, encode(encoder, text, EncoderEnd::finish, Encoder::room_min)) == text);
    }
    CHECK(encode(coding, text) == encode(coding, text));
  }
  CHECK_THROWS_AS(Encoder(Coding::identity), gyre::Failure);
  CHECK_THROWS_AS(Decoder(Coding::identity), gyre::Failure);
}

TEST_CASE("what was flushed can be decoded, before the body ends", "[http][coding]") {
  for (const Coding coding : codings) {
    Encoder encoder{coding};
    Decoder decoder{coding};
    INFO(name(coding));
    for (const std::string_view piece : {"first"sv, "second, which is longer"sv, ""sv, "third"sv}) {
      std::string coded = encode(encoder, piece, EncoderEnd::open);
      coded += encode(encoder, {}, EncoderEnd::flush, Encoder::room_min);
      CHECK(decode(decoder, coded) == (coded.empty() ? "|truncated" : std::string{piece} + "|truncated"));
    }
    CHECK(decode(decoder, encode(encoder, {}, EncoderEnd::finish)) == "");
  }
}

TEST_CASE("an encoder that was given up leaves nothing to the next", "[http][coding]") {
  for (const Coding coding : codings) {
    {
      Encoder encoder{coding};
      (void)encode(encoder, sample(100'000), EncoderEnd::open);
      Decoder decoder{coding};
      (void)decode(decoder, encode(coding, sample(100'000)).substr(0, 500));
    }
    CHECK(decode(coding, encode(coding, "clean")) == "clean");
  }
}

TEST_CASE("a body that breaks off is truncated", "[http][coding]") {
  const std::string text = sample(3000);
  for (const Coding coding : codings) {
    const std::string coded = encode(coding, text);
    for (std::size_t size = 1; size < coded.size(); ++size) {
      INFO(name(coding) << " " << size << " of " << coded.size());
      CHECK(decode(coding, coded.substr(0, size)).ends_with("|truncated"));
    }
  }
}

TEST_CASE("what is not the coding, or follows it, is refused", "[http][coding]") {
  const std::string text = sample(3000);
  for (const Coding coding : codings) {
    const std::string coded = encode(coding, text);
    INFO(name(coding));
    const std::string longer = decode(coding, coded + "x");
    CHECK((longer == "bad_message" || longer == text + "|truncated"));  // the beginning of a gzip member is two bytes
    CHECK(decode(coding, coded + "xxxxxxxxxxxxxxxxxxxx", 1) == "bad_message");
    CHECK(decode(coding, "this is not coded at all, but plain text") == "bad_message");
  }
  for (const Coding coding : {Coding::gzip, Coding::deflate}) {  // they have a checksum
    std::string coded = encode(coding, text);
    coded[coded.size() - 6] = static_cast<char>(coded[coded.size() - 6] ^ 1);
    if (coding == Coding::gzip) CHECK(decode(coding, coded) == "bad_message");
  }
}

TEST_CASE("gzip members and zstd frames may follow each other", "[http][coding]") {
  for (const Coding coding : {Coding::gzip, Coding::zstd}) {
    const std::string both = encode(coding, "one, ") + encode(coding, "") + encode(coding, "two");
    CHECK(decode(coding, both) == "one, two");
    CHECK(decode(coding, both, 1, 1) == "one, two");
  }
  for (const Coding coding : {Coding::deflate, Coding::brotli}) {
    CHECK(decode(coding, encode(coding, "one") + encode(coding, "two")) == "bad_message");
  }
}

TEST_CASE("deflate without the header of zlib is read, too", "[http][coding]") {
  // A stored block: final, no compression, 5 bytes.
  const std::string raw{
      "\x01\x05\x00\xfa\xff"
      "hello",
      10};
  CHECK(decode(Coding::deflate, raw) == "hello");
  CHECK(decode(Coding::deflate, raw, 1, 1) == "hello");
  CHECK(decode(Coding::deflate, raw.substr(0, 1)) == "|truncated");
  CHECK(decode(Coding::deflate, "\x03\x00"sv) == "");
  CHECK(decode(Coding::deflate, encode(Coding::deflate, "hello"), 1, 1) == "hello");
}

TEST_CASE("zstd that makes something else than it announces is refused, however it is cut", "[http][coding]") {
  constexpr std::string_view announces_112 = "\x28\xb5\x2f\xfd\x20\x70\x01\x00\x00"sv;
  for (const std::size_t piece : {1U, 4U, 8U, 100U}) {
    Decoder decoder{Coding::zstd};
    CHECK(decode(decoder, announces_112, piece) == "bad_message");
  }
}

TEST_CASE("zstd of before the standard is refused, however it is cut", "[http][coding]") {
  constexpr std::string_view version_0_5 = "\x25\xb5\x2f\xfd\x00\xfd\x70"sv;
  constexpr std::string_view skipped_and_other = "\x5f\x2a\x4d\x18\x00\x00\x00\x00\x28\xb5\x2f\xfe"sv;
  for (const std::size_t piece : {1U, 3U, 9U, 100U}) {
    for (const std::string_view coded : {version_0_5, skipped_and_other}) {
      Decoder decoder{Coding::zstd};
      CHECK(decode(decoder, coded, piece) == "bad_message");
    }
  }
}

TEST_CASE("zstd with too large a window is refused", "[http][coding]") {
  // A frame header (RFC 8878 3.1.1) that asks for a window of 16 MiB, and an empty last block.
  const std::string frame{"\x28\xb5\x2f\xfd\x00\x70\x01\x00\x00", 9};
  CHECK(decode(Coding::zstd, frame) == "limit_exceeded");
  const std::string largest{"\x28\xb5\x2f\xfd\x00\x68\x01\x00\x00", 9};
  CHECK(decode(Coding::zstd, largest) == "");
  // A window of 2 GiB for nothing: which the library lets pass if the frame comes in one piece.
  constexpr std::string_view nothing = "\x28\xb5\x2f\xfd\xc0\xa8\0\0\0\0\0\0\0\0\x01\0\0"sv;
  for (const std::size_t piece : {1U, 6U, 14U, 100U}) {
    Decoder decoder{Coding::zstd};
    CHECK(decode(decoder, nothing, piece) == "limit_exceeded");
  }
}

TEST_CASE("a whole text is packed at once", "[http][coding]") {
  std::mt19937_64 random{7};
  std::string noise(100'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const Coding coding : codings) {
    INFO(name(coding));
    for (const std::string& text : {std::string(), std::string("short"), sample(300'000), noise}) {
      CHECK(decode(coding, gyre::encode_all(coding, text)) == text);
    }
    const std::string text = sample(100'000);
    CHECK(gyre::encode_all(coding, text).size() < text.size() / 4);
    CHECK_THROWS_AS(gyre::encode_all(coding, "x", 99), gyre::Failure);
  }
  CHECK_THROWS_AS(gyre::encode_all(Coding::identity, "x"), gyre::Failure);
}

TEST_CASE("a decoder writes no more than it has room for", "[http][coding]") {
  const std::string zeros(1 << 20, '\0');
  for (const Coding coding : codings) {
    const std::string coded = encode(coding, zeros);
    REQUIRE(coded.size() < 2000);
    Decoder decoder{coding};
    char room[100];
    std::string_view rest = coded;
    for (int step = 0; step < 100; ++step) {
      const Result<CodingStep> made = decoder.step(rest, room);
      REQUIRE(made);
      REQUIRE(made->made <= sizeof room);
      rest.remove_prefix(made->used);
    }
  }
}

TEST_CASE("random text, cut at random, comes back", "[http][coding][random]") {
  for (const std::uint64_t seed : loop_test::seeds(40)) {
    INFO("GYRE_SEED=" << seed);
    std::mt19937_64 random{seed};
    const Coding coding = codings[random() % 4];
    Encoder encoder{coding};
    std::string text;
    std::string coded;
    for (std::size_t pieces = random() % 8; pieces > 0; --pieces) {
      std::string piece(random() % 20'000, 'a');
      for (char& c : piece) c = static_cast<char>('a' + random() % (1 + random() % 16));
      text += piece;
      coded += encode(encoder, piece, random() % 2 == 0 ? EncoderEnd::flush : EncoderEnd::open, 64 + random() % 500);
    }
    coded += encode(encoder, {}, EncoderEnd::finish, 64);
    CHECK(decode(coding, coded, 1 + random() % 5000, 1 + random() % 3000) == text);
  }
}
