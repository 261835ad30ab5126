// What a hostile client of HTTP/2 can do, what stops it, and what it costs until then. In a simulated world: memory and
// time are exact.

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <cstdio>

#include "h2_attack_run.hpp"

using namespace gyre;
using namespace gyre::test;
using namespace gyre::test::h2;

namespace {

constexpr std::size_t kilobyte = 1024;
constexpr std::size_t megabyte = 1024 * kilobyte;
const std::string calm = "ENHANCE_YOUR_CALM";

std::uint32_t number_of(std::uint32_t round) { return 2 * round + 1; }

/// A block that says much in few bytes: an entry of `size` bytes, `times` over.
std::string bomb(std::string_view name, std::size_t size, int times) {
  return block(request_fields("GET", "/")) + literal_with_indexing(name, std::string(size, 'b')) +
         repeated(indexed(62), times);
}

std::vector<Attack> frame_floods() {
  return {
      {"PING", "", [](std::uint32_t) { return ping(); }, "glitches", calm, 300 * kilobyte},
      {"PING, unread", "", [](std::uint32_t) { return ping(); }, "queued frames", "", 700 * kilobyte, Reads::nothing},
      {"PING that is acknowledged", "", [](std::uint32_t) { return ping(ack); }, "glitches", calm, 300 * kilobyte},
      {"SETTINGS", "", [](std::uint32_t) { return settings(); }, "glitches", calm, 300 * kilobyte},
      {"SETTINGS, unread", "", [](std::uint32_t) { return settings(); }, "queued frames", "", 700 * kilobyte,
       Reads::nothing},
      {"SETTINGS with many entries", "",
       [](std::uint32_t) { return frame(Type::settings, 0, 0, repeated(number(99, 2) + number(0, 4), 2'000)); },
       "settings", calm, 300 * kilobyte},
      {"SETTINGS that change windows", post(1, "/hold"),
       [](std::uint32_t round) { return settings({{initial_window_size, round % 2}, {header_table_size, round % 2}}); },
       "glitches", calm, 300 * kilobyte},
      {"PRIORITY", "", [](std::uint32_t round) { return priority(number_of(round), 0); }, "glitches", calm,
       300 * kilobyte},
      {"PRIORITY_UPDATE", "", [](std::uint32_t round) { return priority_update(number_of(round), "u=1"); }, "glitches",
       calm, 4 * megabyte},
      {"PRIORITY_UPDATE with long values", "",
       [](std::uint32_t round) { return priority_update(number_of(round), "u=1," + std::string(500, 'a')); },
       "glitches", calm, 4 * megabyte},
      {"WINDOW_UPDATE of the connection", "", [](std::uint32_t) { return window_update(0, 1); }, "glitches", calm,
       300 * kilobyte},
      {"WINDOW_UPDATE of a stream", get(1, "/co/gate"), [](std::uint32_t) { return window_update(1, 1); }, "glitches",
       calm, 300 * kilobyte},
      {"WINDOW_UPDATE of a closed stream", get(1), [](std::uint32_t) { return window_update(1, 1); }, "glitches", calm,
       300 * kilobyte},
      {"empty DATA", post(1, "/hold"), [](std::uint32_t) { return data(1, "", 0); }, "glitches", calm, 300 * kilobyte},
      {"DATA that is padding alone", post(1, "/hold"), [](std::uint32_t) { return padded_data(1, "", 255, 0); },
       "glitches", calm, 300 * kilobyte},
      {"DATA on a stream that was reset", post(1, "/", {{"te", "x"}}), [](std::uint32_t) { return data(1, "x", 0); },
       "glitches", calm, 300 * kilobyte},
      {"windows that open by 1", get(1, "/big"), [](std::uint32_t) { return window_update(0, 1); }, "glitches", calm,
       500 * kilobyte},
      {"unknown types", "", [](std::uint32_t) { return frame(static_cast<Type>(99), 0, 0, "x"); }, "glitches", calm,
       300 * kilobyte},
      {"GOAWAY", get(1, "/co/gate"), [](std::uint32_t) { return goaway(0, 0); }, "glitches", calm, 300 * kilobyte},
      {"RST_STREAM of a closed stream", get(1), [](std::uint32_t) { return rst_stream(1, 8); }, "peer resets", calm,
       300 * kilobyte},
  };
}

std::vector<Attack> stream_floods() {
  const auto made_reset = [](std::string name, std::function<std::string(std::uint32_t)> round) {
    return Attack{"MadeYouReset by " + name, "", std::move(round), "own resets", calm, 700 * kilobyte};
  };
  return {
      {"rapid reset", "",
       [](std::uint32_t round) { return get(number_of(round), "/co/gate") + rst_stream(number_of(round), 8); },
       "peer resets", calm, 700 * kilobyte},
      {"rapid reset of quick answers", "",
       [](std::uint32_t round) { return get(number_of(round), "/big") + rst_stream(number_of(round), 8); },
       "peer resets", calm, 1 * megabyte},
      {"rapid reset of bodies", "",
       [](std::uint32_t round) {
         return post(number_of(round), "/echo") + data(number_of(round), "x", 0) + rst_stream(number_of(round), 8);
       },
       "peer resets", calm, 700 * kilobyte},
      {"rapid reset, unread", "",
       [](std::uint32_t round) { return get(number_of(round), "/big") + rst_stream(number_of(round), 8); },
       "peer resets", "", 1 * megabyte, Reads::nothing},
      made_reset("a window beyond its most",
                 [](std::uint32_t round) {
                   return get(number_of(round), "/co/gate") + window_update(number_of(round), 0x7fffffff);
                 }),
      made_reset("more body than said",
                 [](std::uint32_t round) {
                   return post(number_of(round), "/hold", {{"content-length", "1"}}) + data(number_of(round), "xy");
                 }),
      made_reset("less body than said",
                 [](std::uint32_t round) {
                   return post(number_of(round), "/hold", {{"content-length", "3"}}) + data(number_of(round), "xy");
                 }),
      made_reset("a bad field",
                 [](std::uint32_t round) { return get(number_of(round), "/", {{"connection", "close"}}); }),
      made_reset("bad trailers",
                 [](std::uint32_t round) {
                   return post(number_of(round), "/hold") + headers(number_of(round), Fields{{"te", "x"}});
                 }),
      made_reset("a second head",
                 [](std::uint32_t round) {
                   return post(number_of(round), "/hold") + headers(number_of(round), Fields{{"a", "b"}}, end_headers);
                 }),
      {"MadeYouReset by a window by nothing", "",
       [](std::uint32_t round) { return get(number_of(round), "/co/gate") + window_update(number_of(round), 0); }, "",
       "PROTOCOL_ERROR", 300 * kilobyte},
      {"MadeYouReset by DATA behind the end", "",
       [](std::uint32_t round) { return get(number_of(round), "/co/gate") + data(number_of(round), "x"); }, "",
       "STREAM_CLOSED", 300 * kilobyte},
      {"MadeYouReset by HEADERS behind the end", "",
       [](std::uint32_t round) { return get(number_of(round), "/co/gate") + get(number_of(round)); }, "",
       "STREAM_CLOSED", 300 * kilobyte},
      {"MadeYouReset by a priority on itself", "",
       [](std::uint32_t round) {
         return get(number_of(round), "/co/gate") + priority(number_of(round), number_of(round));
       },
       "", "PROTOCOL_ERROR", 300 * kilobyte},
      {"MadeYouReset by a frame too large", "",
       [](std::uint32_t round) {
         return post(number_of(round), "/hold") + frame_header(16'385, Type::data, 0, number_of(round));
       },
       "", "FRAME_SIZE_ERROR", 300 * kilobyte},
      {"MadeYouReset by an answer before its request's end", "",
       [](std::uint32_t round) { return post(number_of(round), "/ignore"); }, "glitches", calm, 1 * megabyte},
      {"more streams than may be", "", [](std::uint32_t round) { return get(number_of(round), "/co/gate"); },
       "glitches", calm, 2 * megabyte},
      {"bad requests", "", [](std::uint32_t round) { return get(number_of(round), "/#"); }, "glitches", calm,
       1 * megabyte},
  };
}

std::vector<Attack> head_floods() {
  const std::string begun = headers(1, std::string_view(plain_block()), end_stream);
  return {
      {"CONTINUATION", begun, [](std::uint32_t) { return continuation(1, block({{"a", "b"}}), 0); }, "continuations",
       calm, 300 * kilobyte},
      {"CONTINUATION, empty", begun, [](std::uint32_t) { return continuation(1, "", 0); }, "continuations", calm,
       300 * kilobyte},
      {"CONTINUATION, large", begun,
       [](std::uint32_t) { return continuation(1, block({{"a", std::string(16'000, 'b')}}), 0); }, "continuations",
       calm, 700 * kilobyte},
      {"CONTINUATION that ends", "",
       [](std::uint32_t round) {
         return headers(number_of(round), std::string_view(plain_block()), end_stream) +
                repeated(continuation(number_of(round), "", 0), 7) + continuation(number_of(round), "");
       },
       "glitches", calm, 700 * kilobyte},
      {"one field that never ends", "",
       [](std::uint32_t round) {
         const std::string name = std::string(1, '\0') + hpack_string("x") + hpack_integer(7, 0, 1'000'000);
         if (round == 0) return headers(1, std::string_view(plain_block() + name), end_stream);
         return continuation(1, std::string(16'000, 'x'), 0);
       },
       "", "COMPRESSION_ERROR", 700 * kilobyte},
      {"a bomb of fields", "",
       [](std::uint32_t round) { return headers(number_of(round), std::string_view(bomb("x", 3'900, 12'000))); },
       "header bytes", calm, 700 * kilobyte},
      {"a bomb of crumbs", "",
       [](std::uint32_t round) { return headers(number_of(round), std::string_view(bomb("cookie", 3'900, 12'000))); },
       "header bytes", calm, 700 * kilobyte},
      {"a bomb of empty fields", "",
       [](std::uint32_t round) { return headers(number_of(round), std::string_view(bomb("x", 0, 12'000))); },
       "header bytes", calm, 700 * kilobyte},
      {"a bomb of empty crumbs", "",
       [](std::uint32_t round) { return headers(number_of(round), std::string_view(bomb("cookie", 0, 12'000))); },
       "header bytes", calm, 700 * kilobyte},
      {"a bomb of trailers", "",
       [](std::uint32_t round) {
         return post(number_of(round), "/hold") +
                headers(number_of(round), std::string_view(literal_with_indexing("x", std::string(3'900, 'b')) +
                                                           repeated(indexed(62), 12'000)));
       },
       "header bytes", calm, 700 * kilobyte},
      {"a bomb in a stream too many",
       [] {
         std::string all;
         for (std::uint32_t i = 0; i < 100; ++i) all += get(number_of(i), "/co/gate");
         return all;
       }(),
       [](std::uint32_t round) { return headers(number_of(100 + round), std::string_view(bomb("x", 3'900, 12'000))); },
       "", "NO_ERROR", 2 * megabyte, Reads::all, 300},
      {"heads just below what is a bomb", "",
       [](std::uint32_t round) { return headers(number_of(round), std::string_view(bomb("cookie", 1, 2'000))); },
       "glitches", calm, 1 * megabyte, Reads::all, 300},
      {"large heads of requests that are held", "",
       [](std::uint32_t round) {
         const std::string fields = literal_with_indexing("x", std::string(3'900, 'b')) + repeated(indexed(62), 6);
         return headers(number_of(round), std::string_view(block(request_fields("GET", "/co/gate")) + fields));
       },
       "glitches", calm, 6 * megabyte},
      {"the table's size, over and over", "",
       [](std::uint32_t round) {
         return headers(number_of(round),
                        std::string_view(repeated(table_size(0) + table_size(4096), 3'000) + plain_block()));
       },
       "", "NO_ERROR", 1 * megabyte, Reads::all, 300},
  };
}

std::vector<Attack> unread_answers() {
  return {
      {"large answers, unread", window_update(0, 0x7fff0000),
       [](std::uint32_t round) { return round < 100 ? get(number_of(round), "/big") : std::string(); }, "", "",
       2 * megabyte, Reads::nothing, 128},
      {"streamed answers, unread", window_update(0, 0x7fff0000),
       [](std::uint32_t round) { return round < 100 ? get(number_of(round), "/pour") : std::string(); }, "", "",
       7 * megabyte, Reads::nothing, 128},
      {"small answers, unread", "", [](std::uint32_t round) { return get(number_of(round)); }, "queued frames", "",
       2 * megabyte, Reads::nothing},
      {"refusals, unread", "", [](std::uint32_t round) { return get(number_of(round), "/", {{"te", "x"}}); },
       "own resets", "", 2 * megabyte, Reads::nothing},
  };
}

void check(const std::vector<Attack>& attacks) {
  for (const Attack& one : attacks) {
    SimLoop loop{SimOptions{}};
    Damage damage;
    auto body = [&](H2Site& site) { return attack(site, one, &damage); };
    loop.run(serve_h2(loop, {}, body));
    CAPTURE(one.name, damage.rounds, damage.memory);
    CHECK(damage.limit == one.limit);
    CHECK(damage.goaway == one.goaway);
#ifndef GYRE_SANITIZING
    CHECK(damage.memory <= one.memory);
#endif
    CHECK(damage.others == "");
    CHECK(damage.gone);
    CHECK(loop.armed() == 0);
    if (std::getenv("GYRE_COUNT") != nullptr) {
      std::printf("%-52s %-14s %-18s %6u rounds %8zu bytes\n", one.name.c_str(), damage.limit.c_str(),
                  damage.goaway.c_str(), damage.rounds, damage.memory);
    }
  }
}

}  // namespace

TEST_CASE("floods of frames end by their limit", "[http][h2]") { check(frame_floods()); }
TEST_CASE("floods of streams end by their limit", "[http][h2]") { check(stream_floods()); }
TEST_CASE("floods of heads end by their limit", "[http][h2]") { check(head_floods()); }
TEST_CASE("answers that nobody takes are bounded", "[http][h2]") { check(unread_answers()); }

TEST_CASE("requests that are taken back at once seldom begin", "[http][h2]") {
  // All of them come in one piece.
  SimOptions options;
  options.pipe_capacity = 1 << 20;
  SimLoop loop{options};
  auto body = [](H2Site& site) -> Task<> {
    Stream stream = co_await site.connect();
    H2Client client(std::move(stream));
    co_await client.greet();
    std::string all;
    for (std::uint32_t i = 0; i < 900; ++i) all += get(number_of(i), "/big") + rst_stream(number_of(i), 8);
    co_await client.send(std::move(all));
    co_await client.settle();
    CHECK_FALSE(client.ended());
    CHECK(site.service.seen.size() >= 8);
    CHECK(site.service.seen.size() < 200);  // some of each piece that the server receives
  };
  loop.run(serve_h2(loop, {}, body));
}
