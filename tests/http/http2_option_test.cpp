#include "route_site.hpp"

#include <gyre/wire/h2/session.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_sim_loop;

namespace {

constexpr std::string_view empty_settings{"\0\0\0\4\0\0\0\0\0", 9};

constexpr std::size_t enough = 12;  // of an answer: "HTTP/1.1 200", or a frame's head and more

/// What a server answers to `sent`, as far as it tells which protocol that is.
std::string answer_to(Loop& loop, Http2 choice, std::string sent) {
  Router router;
  router.get("/", [] { return "hello"; });
  ServerOptions options;
  options.http2 = choice;
  std::string answer;
  with_routes(
      loop, router,
      [&](RouteSite& site) -> Task<> {
        ClientStream stream = co_await site.connect();
        co_await send(stream, sent);
        std::byte piece[enough];
        while (answer.size() < enough) {
          const Result<std::size_t> got = co_await stream.read(piece);
          if (!got || *got == 0) break;
          answer.append(reinterpret_cast<const char*>(piece), *got);
        }
      },
      options);
  return answer;
}

}  // namespace

TEST_CASE("a server speaks HTTP/2 beside HTTP/1.1, or one of them", "[http][h2][http1][cleartext]") {
  for_each_sim_loop([](Loop& loop) {
    const std::string preface = std::string{wire::h2_preface}.append(empty_settings);
    constexpr std::size_t type = 3;  // of a frame: SETTINGS
    for (const Http2 choice : {Http2::on, Http2::only}) {
      const std::string answer = answer_to(loop, choice, preface);
      REQUIRE(answer.size() >= enough);
      CHECK(answer[type] == '\4');
    }
    CHECK_THAT(answer_to(loop, Http2::off, preface), Catch::StartsWith("HTTP/1.1 505"));
    CHECK_THAT(answer_to(loop, Http2::only, request("GET /")), Catch::StartsWith("HTTP/1.1 505"));
    for (const Http2 choice : {Http2::on, Http2::off}) {
      CHECK_THAT(answer_to(loop, choice, request("GET /")), Catch::StartsWith("HTTP/1.1 200"));
    }
  });
}
