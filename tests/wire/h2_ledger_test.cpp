// What a peer may cost: each flood ends the connection by the limit that is meant for it, and honest traffic none.

#include <gyre/wire/h2/internal/ledger.hpp>
#include <gyre/wire/h2/session.hpp>

#include <catch2/catch.hpp>
#include <h2_frames.hpp>

#include <functional>
#include <string>
#include <vector>

#include "h2_support.hpp"

using namespace h2_test;
using gyre::wire::H2Error;
using gyre::wire::H2HeadMemory;
using gyre::wire::H2Limit;
using gyre::wire::H2Session;
using Lines = std::vector<std::string>;

namespace {

/// Small enough to be exceeded quickly.
H2Session::Options small() {
  return {.limits = {.continuations = 3,
                     .settings = 4,
                     .queued_frames = 20,
                     .resets = {.burst = 10, .per_second = 2},
                     .glitches = {.burst = 15, .per_second = 3}}};
}

/// A server behind its client's preface, which has cost a glitch or two already; `settle` lets time give those back.
struct Server {
  explicit Server(const H2Session::Options& options = small()) : side(memory, options) {
    side.receive(preface() + settings_ack());
    side.sent();
    side.now += std::chrono::seconds(60);
  }

  H2HeadMemory memory;
  H2Side side;
};

struct Flood {
  std::string name;
  H2Limit limit;
  std::uint32_t taken;  // rounds that are let pass
  std::function<std::string(std::uint32_t round)> round;
};

std::uint32_t stream_of(std::uint32_t round) { return 2 * round + 1; }

const std::vector<Flood>& floods() {
  static const std::vector<Flood> all = {
      {"PING", H2Limit::glitches, 15, [](std::uint32_t) { return ping(); }},
      {"PING acknowledged that nobody sent", H2Limit::glitches, 15, [](std::uint32_t) { return ping(ack); }},
      {"SETTINGS", H2Limit::glitches, 15, [](std::uint32_t) { return settings(); }},
      {"PRIORITY", H2Limit::glitches, 31, [](std::uint32_t) { return priority(1); }},
      {"PRIORITY_UPDATE", H2Limit::glitches, 31, [](std::uint32_t) { return priority_update(1, "u=1"); }},
      {"WINDOW_UPDATE", H2Limit::glitches, 31, [](std::uint32_t) { return window_update(0, 1); }},
      {"unknown frames", H2Limit::glitches, 15, [](std::uint32_t) { return frame(static_cast<Type>(77), 0, 0, "x"); }},
      {"empty DATA", H2Limit::glitches, 15,
       [](std::uint32_t round) { return (round == 0 ? post(1) : std::string()) + data(1, "", 0); }},
      {"DATA that is padding", H2Limit::glitches, 15,
       [](std::uint32_t round) { return (round == 0 ? post(1) : std::string()) + padded_data(1, "", 3, 0); }},
      {"empty CONTINUATION", H2Limit::glitches, 15,
       [](std::uint32_t round) {
         return headers(stream_of(round), request_fields("GET", "/"), end_stream) + continuation(stream_of(round), "");
       }},
      {"GOAWAY", H2Limit::glitches, 15,
       [](std::uint32_t round) { return (round == 0 ? post(1) : std::string()) + goaway(0, 0); }},
      {"rapid reset", H2Limit::peer_resets, 10,
       [](std::uint32_t round) { return get(stream_of(round)) + rst_stream(stream_of(round), 8); }},
      {"MadeYouReset by a window", H2Limit::own_resets, 10,
       [](std::uint32_t round) { return post(stream_of(round)) + window_update(stream_of(round), 0x7fffffff); }},
      {"MadeYouReset by a length", H2Limit::own_resets, 10,
       [](std::uint32_t round) {
         return post(stream_of(round), "/", {{"content-length", "1"}}) + data(stream_of(round), "xy", 0);
       }},
      {"MadeYouReset by a bad field", H2Limit::own_resets, 10,
       [](std::uint32_t round) { return get(stream_of(round), "/", {{"connection", "close"}}); }},
      {"MadeYouReset by what the fields mean", H2Limit::own_resets, 10,
       [](std::uint32_t round) { return get(stream_of(round), "/", {{"host", "other.test"}}); }},
      {"MadeYouReset by a second head", H2Limit::own_resets, 10,
       [](std::uint32_t round) {
         return post(stream_of(round)) + headers(stream_of(round), Fields{{"a", "b"}}, end_headers);
       }},
  };
  return all;
}

}  // namespace

TEST_CASE("each flood is stopped by its limit", "[wire][h2]") {
  for (const Flood& flood : floods()) {
    CAPTURE(flood.name);
    Server server;
    std::uint32_t round = 0;
    while (round < 1000 && server.side.receive(flood.round(round))) {
      server.side.sent();
      if (server.side.session->exceeded() != H2Limit::none) break;
      ++round;
    }
    CHECK(round == flood.taken);
    CHECK(name(server.side.session->exceeded()) == name(flood.limit));
    CHECK(server.side.session->error() == H2Error::enhance_your_calm);
    const Lines frames = server.side.frames();
    if (!frames.empty()) CHECK(frames.back().ends_with(" 11"));
    CHECK(server.side.session->finished());
  }
}

TEST_CASE("time gives back what a flood has used", "[wire][h2]") {
  for (const Flood& flood : floods()) {
    CAPTURE(flood.name);
    Server server;
    // The slower rate of the two, and a little slower.
    for (std::uint32_t round = 0; round < 100; ++round) {
      server.side.now += std::chrono::milliseconds(501);
      REQUIRE(server.side.receive(flood.round(round)));
      server.side.sent();
    }
    CHECK(server.side.session->exceeded() == H2Limit::none);
    CHECK(server.side.session->error() == H2Error::no_error);
  }
}

TEST_CASE("a bucket never holds more than its burst", "[wire][h2]") {
  Server server;
  server.side.now += std::chrono::hours(1000);
  std::string pings;
  for (int i = 0; i < 16; ++i) pings += ping();
  CHECK_FALSE(server.side.receive(pings));
  CHECK(server.side.session->exceeded() == H2Limit::glitches);
  // Those before the last one were answered for; nothing is answered now.
  CHECK(server.side.frames() == Lines{"GOAWAY 0 11"});
}

TEST_CASE("frames that the peer makes us queue and does not take", "[wire][h2]") {
  Server server({.limits = {.queued_frames = 20}});
  for (int i = 0; i < 20; ++i) REQUIRE(server.side.receive(ping()));
  CHECK_FALSE(server.side.receive(ping()));
  CHECK(server.side.session->exceeded() == H2Limit::queued_frames);
  CHECK(server.side.frames() == Lines{"GOAWAY 0 11"});
}

TEST_CASE("answers that wait are no queued frames", "[wire][h2]") {
  Server server({.limits = {.queued_frames = 5}});
  for (std::uint32_t number = 1; number < 200; number += 2) {
    REQUIRE(server.side.receive(get(number)));
    server.side.answer(number, "x");
  }
  CHECK(server.side.session->exceeded() == H2Limit::none);
  CHECK(server.side.frames().size() == 200);
}

TEST_CASE("a header block goes on for so many frames", "[wire][h2]") {
  const std::string fields = block(request_fields("GET", "/"));
  const auto blocks = [&](int count) {
    std::string bytes = headers(1, std::string_view(fields), end_stream);
    for (int i = 0; i < count; ++i) bytes += continuation(1, block({{"a", "b"}}), i + 1 == count ? end_headers : 0);
    return bytes;
  };
  Server good;
  CHECK(good.side.receive(blocks(3)));
  CHECK(good.side.heard().size() == 2);
  Server bad;
  CHECK_FALSE(bad.side.receive(blocks(4)));
  CHECK(bad.side.session->exceeded() == H2Limit::continuations);
  CHECK(bad.side.heard().empty());
  Server endless;
  CHECK_FALSE(endless.side.receive(headers(1, std::string_view(fields), end_stream) + continuation(1, "", 0) +
                                   continuation(1, "", 0) + continuation(1, "", 0) + continuation(1, "", 0)));
  CHECK(endless.side.session->exceeded() == H2Limit::continuations);
}

TEST_CASE("SETTINGS have so many entries", "[wire][h2]") {
  Server server;
  CHECK(server.side.receive(settings({{50, 0}, {51, 0}, {52, 0}, {53, 0}})));
  CHECK_FALSE(server.side.receive(settings({{50, 0}, {51, 0}, {52, 0}, {53, 0}, {54, 0}})));
  CHECK(server.side.session->exceeded() == H2Limit::settings);
  CHECK(server.side.frames() == Lines{"GOAWAY 0 11"});
}

TEST_CASE("refused streams are glitches", "[wire][h2]") {
  Server server;
  server.side.refuses = true;
  std::uint32_t number = 1;
  while (server.side.receive(get(number))) {
    server.side.sent();
    number += 2;
  }
  CHECK(server.side.session->exceeded() == H2Limit::glitches);
  CHECK(number == 31);
}

TEST_CASE("streams beyond those agreed on are glitches", "[wire][h2]") {
  H2Session::Options options = small();
  options.limits.streams = 2;
  Server server(options);
  std::uint32_t number = 1;
  while (server.side.receive(get(number))) {
    server.side.sent();
    number += 2;
  }
  CHECK(server.side.session->exceeded() == H2Limit::glitches);
  CHECK(number == 2 * (2 + 15) + 1);
}

TEST_CASE("header blocks that unfold end the connection where they do", "[wire][h2]") {
  H2Session::Options options = small();
  options.heads.header_block = 4'000;
  // One field in the table, then a byte for each repetition.
  const auto bomb = [](std::string_view name, std::size_t value, std::size_t times, std::uint32_t stream = 1) {
    std::string block = h2_test::block(request_fields("GET", "/"));
    block += literal_with_indexing(name, std::string(value, 'b'));
    for (std::size_t i = 0; i < times; ++i) block += indexed(62);
    return headers(stream, std::string_view(block));
  };
  SECTION("fields") {
    Server server(options);
    CHECK_FALSE(server.side.receive(bomb("x", 1000, 10'000)));
    CHECK(server.side.session->exceeded() == H2Limit::header_bytes);
    CHECK(server.side.frames() == Lines{"GOAWAY 1 11"});
  }
  SECTION("crumbs of a cookie") {
    Server server(options);
    CHECK_FALSE(server.side.receive(bomb("cookie", 4, 10'000)));
    CHECK(server.side.session->exceeded() == H2Limit::header_bytes);
  }
  SECTION("empty fields") {
    Server server(options);
    CHECK_FALSE(server.side.receive(bomb("x", 0, 10'000)));
    CHECK(server.side.session->exceeded() == H2Limit::header_bytes);
  }
  SECTION("less is answered") {
    Server server(options);
    CHECK(server.side.receive(bomb("x", 1000, 8)));
    CHECK(server.side.heard() == Lines{"1 bad request 431", "1 end"});
  }
  SECTION("less is a glitch for each KiB of it") {
    options.limits.glitches = {30, 0};
    Server server(options);
    std::uint32_t number = 1;
    while (server.side.receive(bomb("x", 1000, 8, number))) {
      server.side.sent();
      number += 2;
    }
    CHECK(server.side.session->exceeded() == H2Limit::glitches);
    CHECK(number == 5);  // of some 9 KiB each, so the third is one too many
  }
  SECTION("trailers") {
    Server server(options);
    std::string trailers = literal_with_indexing("x", std::string(1000, 'b'));
    for (int i = 0; i < 4; ++i) trailers += indexed(62);
    CHECK(server.side.receive(post(1) + headers(1, std::string_view(trailers))));
    CHECK(server.side.frames() == Lines{"RST_STREAM 1 11"});
    for (int i = 0; i < 20; ++i) trailers += indexed(62);
    CHECK_FALSE(server.side.receive(post(3) + headers(3, std::string_view(trailers))));
    CHECK(server.side.session->exceeded() == H2Limit::header_bytes);
  }
}

TEST_CASE("honest traffic meets no limit", "[wire][h2]") {
  H2HeadMemory memory;
  H2Side server(memory);
  server.receive(preface());
  server.sent();
  // One endless second of what browsers do: an update of the window for each stream and for each frame of an answer,
  // priorities in both forms, a request taken back now and then.
  const std::string block = indexed(2) + indexed(6) + indexed(4) + literal_with_name(1, "gyre.test");
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const std::uint32_t number = 2 * i + 1;
    std::string bytes = headers(number, std::string_view(block)) + window_update(0, 13) + priority(number);
    if (i % 4 == 0) bytes += priority_update(number, "u=1");
    if (i % 100 == 99) bytes += rst_stream(number, 8);
    REQUIRE(server.receive(bytes));
    server.answer(number, "Hello, World!");
    server.sent();
    server.streams.clear();
    server.heard();
  }
  CHECK(name(server.session->exceeded()) == "none");
  CHECK(server.session->open_streams() == 0);
}

TEST_CASE("a million honest requests meet no limit", "[wire][h2]") {
  using gyre::wire::internal::H2FrameType;
  gyre::wire::internal::H2Ledger ledger({}, {});
  bool is_good = true;
  const auto admit = [&](H2FrameType type, std::uint32_t stream) {
    if (ledger.admit({.length = 4, .type = type, .flags = 0, .stream = stream}, {}) != H2Limit::none) is_good = false;
  };
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    admit(H2FrameType::headers, 2 * i + 1);
    admit(H2FrameType::priority, 2 * i + 1);
    ledger.data_sent();
    admit(H2FrameType::window_update, 0);
    admit(H2FrameType::window_update, 2 * i + 1);
    ledger.closed(2 * i + 1, gyre::wire::internal::H2Ledger::Peer::done);
  }
  CHECK(is_good);
}
