#include "route_site.hpp"

#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>

using namespace gyre;
using namespace gyre::test;

namespace {

Task<std::string> events_of(RouteSite& site, std::string_view fields = {}) {
  ClientStream stream = co_await site.connect();
  co_await send(stream, request("GET /", std::string{"Connection: close\r\n"} + std::string{fields}));
  std::string answer = co_await read_to_end(stream);
  CHECK(count(answer, "Content-Type: text/event-stream\r\n") == 1);
  CHECK(count(answer, "Cache-Control: no-cache\r\n") == 1);
  co_return dechunk(body_of(answer)).value_or("cut");
}

}  // namespace

TEST_CASE("events are written as the standard has them", "[http][events]") {
  SimLoop loop;
  Router router;
  router.get("/", [] {
    return event_stream([](EventStream& events) -> Task<> {
      co_await events.send({.data = "plain"});
      co_await events.send({.data = "two\nlines", .event = "named", .id = "7"});
      co_await events.send({.data = "a\r\nb\rc\n"});
      co_await events.send({.data = ""});
      co_await events.comment("only a remark");
    });
  });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    const std::string events = co_await events_of(site);
    CHECK(events ==
          "data: plain\n\n"
          "event: named\nid: 7\ndata: two\ndata: lines\n\n"
          "data: a\ndata: b\ndata: c\ndata: \n\n"
          "data: \n\n"
          ": only a remark\n\n");
  });
}

TEST_CASE("nothing can be smuggled into an event", "[http][events]") {
  SimLoop loop;
  Router router;
  int refused = 0;
  router.get("/", [&refused] {
    return event_stream([&refused](EventStream& events) -> Task<> {
      for (const std::string_view bad :
           {std::string_view{"a\nb"}, std::string_view{"a\rb"}, std::string_view{"a\0b", 3}}) {
        try {
          co_await events.send({.data = "x", .event = bad});
        } catch (const Failure&) {
          ++refused;
        }
        try {
          co_await events.send({.data = "x", .id = bad});
        } catch (const Failure&) {
          ++refused;
        }
      }
    });
  });
  with_routes(loop, router, [&refused](RouteSite& site) -> Task<> {
    const std::string events = co_await events_of(site);
    CHECK(events.empty());
    CHECK(refused == 6);
  });
}

TEST_CASE("a quiet event stream is kept alive, a client goes on where it broke off", "[http][events]") {
  SimLoop loop;
  Router router;
  router.get("/", [](LastEventId last) {
    const std::string id{last.id};
    return event_stream(
        [id](EventStream& events) -> Task<> {
          co_await sleep_for(25s);
          co_await events.send({.data = id});
          co_await sleep_for(9s);
          co_await events.send({.data = "end"});
        },
        {.keep_alive = 10s, .retry = 1500ms});
  });
  with_routes(loop, router, [&loop](RouteSite& site) -> Task<> {
    const TimePoint start = loop.now();
    const std::string events = co_await events_of(site, "Last-Event-ID: 41\r\n");
    CHECK(events == "retry: 1500\n\n:\n\n:\n\ndata: 41\n\ndata: end\n\n");
    CHECK(loop.now() - start == 34s);
  });
}
