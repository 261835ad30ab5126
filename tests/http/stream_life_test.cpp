// Streamed answers among the other requests of a connection, and what goes wrong in them.

#include "route_site.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;

namespace {

constexpr std::string_view close_after = "Connection: close\r\n";

}  // namespace

TEST_CASE("a stream that breaks takes the answers behind it along", "[http][stream]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.get("/break", [] {
      return Response::stream([](BodyWriter& out) -> Task<> {
        co_await out.write("half");
        co_await sleep_for(5ms);
        throw 7;
      });
    });
    router.get("/", [] { return "hello"; });
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string answer = co_await site.ask(request("GET /break") + request("GET /") + request("GET /"));
      CHECK(count(answer, "hello") == 0);
      co_await site.quiet();
    });
  });
}

