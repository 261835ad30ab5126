#include "route_site.hpp"

#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

ServerOptions served() {
  ServerOptions options;
  options.half_close = HalfClose::served;
  return options;
}

Task<std::string> sleepy(CancelReason* reason, Duration length) {
  Context& context = co_await this_context();
  try {
    co_await sleep_for(length);
  } catch (const Cancelled&) {
    *reason = context.reason();
    throw;
  }
  co_return "slept";
}

}  // namespace

TEST_CASE("a client that ends its side while a handler is at work has left, or is served", "[http][half_close]") {
  for_each_loop([](Loop& loop) {
    for (const HalfClose choice : {HalfClose::gone, HalfClose::served}) {
      ServerOptions options;
      options.half_close = choice;
      CancelReason reason = CancelReason::none;
      Router router;
      // One that is to be cancelled takes longer than a busy machine needs to tell of the end.
      const Duration length = choice == HalfClose::gone ? Duration{1h} : Duration{20ms};
      router.get("/sleep", [&] { return sleepy(&reason, length); }, {.handler = 2h});
      router.get("/", [] { return "hello"; });
      with_routes(
          loop, router,
          [&](RouteSite& site) -> Task<> {
            ClientStream stream = co_await site.connect();
            co_await send(stream, request("GET /sleep") + request("GET /sleep") + request("GET /"));
            (void)co_await stream.finish();
            const std::string answers = co_await read_to_end(stream);
            const bool answered = choice == HalfClose::served;
            CHECK(count(answers, "HTTP/1.1 200 OK") == (answered ? 3 : 0));
            CHECK(reason == (answered ? CancelReason::none : CancelReason::client_gone));
            co_await site.quiet();
            CHECK(site.server.statistics().answers_dropped == (answered ? 0 : 2));
          },
          options);
    }
  });
}

TEST_CASE("a half-closed client's bodies are served as far as they came", "[http][half_close][body]") {
  struct Case {
    std::string_view fields;
    std::string_view body;
    std::string_view status;
  };
  constexpr Case cases[] = {{"Content-Length: 10\r\n", "0123456789", "200"},
                            {"Content-Length: 10\r\n", "0123", "400"},
                            {"Transfer-Encoding: chunked\r\n", "a\r\n0123456789\r\n0\r\n\r\n", "200"},
                            {"Transfer-Encoding: chunked\r\n", "a\r\n01234", "400"}};
  for_each_sim_loop([&](Loop& loop) {
    for (const Duration pause : {Duration{0}, Duration{20ms}}) {
      Router router;
      router.post("/read", [&](Body body) -> Task<std::string> {
        co_await sleep_for(pause);
        std::string text;
        for (;;) {
          const Result<std::string_view> piece = co_await body.read();
          if (piece.value().empty()) co_return text;
          text += *piece;
        }
      });
      router.post("/collect", [&](Request& request, Body) -> Task<std::string> {
        co_await sleep_for(pause);
        const Result<void> collected = co_await request.collect();
        collected.value();
        co_return std::string{request.body()};
      });
      router.post("/collected", [&](const Request& request) -> Task<std::string> {
        co_await sleep_for(pause);
        co_return std::string{request.body()};
      });
      with_routes(
          loop, router,
          [&](RouteSite& site) -> Task<> {
            for (const Case& each : cases) {
              for (const std::string path : {"/read", "/collect", "/collected"}) {
                CAPTURE(pause.count(), each.fields, each.body, path);
                ClientStream stream = co_await site.connect();
                co_await send(stream, request("POST " + path, each.fields, each.body));
                (void)co_await stream.finish();
                const std::string answer = co_await read_to_end(stream);
                CHECK(answer.substr(9, 3) == each.status);
                if (each.status == "200") CHECK(body_of(answer) == "0123456789");
              }
            }
          },
          served());
    }
  });
}

TEST_CASE("a stream goes on for a half-closed client that is served", "[http][half_close][stream]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.get("/", [] {
      return Response::stream([](BodyWriter& out) -> Task<> {
        for (int count = 0; count < 5; ++count) {
          co_await out.write("x");
          co_await sleep_for(2ms);
        }
      });
    });
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          co_await send(stream, request("GET /"));
          (void)co_await stream.finish();
          const std::string answer = co_await read_to_end(stream);
          CHECK(dechunk(body_of(answer)) == "xxxxx");
        },
        served());
  });
}

TEST_CASE("a reset is a lost client in any case", "[http][half_close]") {
  for_each_loop([](Loop& loop) {
    CancelReason reason = CancelReason::none;
    Router router;
    router.get("/sleep", [&] { return sleepy(&reason, 1h); }, {.handler = 2h});
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          co_await send(stream, request("GET /sleep"));
          co_await sleep_for(2ms);
          stream.reset();
          co_await site.quiet();
          CHECK(reason == CancelReason::client_gone);
        },
        served());
  });
}

TEST_CASE("a half-closed client that does not read is noticed when it is answered", "[http][half_close][cleartext]") {
  SimLoop loop;
  Router router;
  CancelReason reason = CancelReason::none;
  router.get("/sleep", [&] { return sleepy(&reason, 20ms); });
  router.get("/", [] { return "hello"; });
  with_routes(
      loop, router,
      [&](RouteSite& site) -> Task<> {
        {
          ClientStream stream = co_await site.connect();
          co_await send(stream, request("GET /sleep") + request("GET /sleep"));
        }
        co_await sleep_for(19ms);
        CHECK(reason == CancelReason::none);
        co_await site.quiet();
        CHECK(site.server.statistics().connections_open == 0);
      },
      served());
}

TEST_CASE("what a half-closed client has sent is served although it was not read from",
          "[http][half_close][limits][http1]") {
  for_each_loop([](Loop& loop) {
    ServerOptions options = served();
    options.limits.read_ahead = 1024;
    CancelReason reason = CancelReason::none;
    Router router;
    router.post("/sleep", [&] { return sleepy(&reason, 20ms); });
    router.get("/", [] { return "hello"; });
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          std::string bytes = request("POST /sleep", "Content-Length: 0\r\n");
          for (int index = 0; index < 300; ++index) bytes += request("GET /");
          co_await send(stream, bytes);
          (void)co_await stream.finish();
          const std::string answers = co_await read_to_end(stream);
          CHECK(count(answers, "HTTP/1.1 200 OK") == 301);
          CHECK(reason == CancelReason::none);
        },
        options);
  });
}

namespace {

/// Handlers that treat their bodies in all the ways there are.
void add_body_users(Router& router) {
  router.get("/slow", []() -> Task<std::string> {
    co_await sleep_for(1s);
    co_return "slow";
  });
  router.get("/big", [] { return std::string(400'000, 'b'); });
  router.post("/plain", [](const Request& asked) { return std::string{asked.body()}; });
  router.post("/collected", [](const Request& asked) -> Task<std::string> { co_return std::string{asked.body()}; });
  router.post("/read", [](Body body) -> Task<std::string> {
    std::string text;
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return text;
      text += *piece;
    }
  });
  router.post("/unread", [](Body) -> Task<std::string> {
    co_await sleep_for(1s);
    co_return "unread";
  });
}

}  // namespace

TEST_CASE("a body that is begun after the client's end is known to be cut off", "[http][half_close][body]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    add_body_users(router);
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          for (const std::string path : {"/plain", "/collected", "/read"}) {
            for (const std::string_view body : {"0123456789", "0123", ""}) {
              CAPTURE(path, body);
              const TimePoint start = loop.now();
              ClientStream stream = co_await site.connect();
              co_await send(stream, request("GET /slow") + request("POST " + path, "Content-Length: 10\r\n", body));
              (void)co_await stream.finish();
              const std::string answers = co_await read_to_end(stream);
              CHECK(loop.now() - start == 1s);
              CHECK(count(answers, "HTTP/1.1 200 OK") == (body.size() == 10 ? 2 : 1));
              CHECK(count(answers, "HTTP/1.1 400 ") == (body.size() == 10 ? 0 : 1));
            }
          }
        },
        served());
  });
}

TEST_CASE("a cut-off body that nobody reads is not waited for", "[http][half_close][body]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    add_body_users(router);
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          for (const bool whole : {false, true}) {
            CAPTURE(whole);
            const TimePoint start = loop.now();
            ClientStream stream = co_await site.connect();
            std::string bytes = request("POST /unread", "Content-Length: 10\r\n", "01234");
            if (whole) bytes += "56789" + request("GET /slow");
            co_await send(stream, bytes);
            (void)co_await stream.finish();
            const std::string answers = co_await read_to_end(stream);
            CHECK(answers.starts_with("HTTP/1.1 200 OK"));
            CHECK(count(answers, "HTTP/1.1 ") == (whole ? 2 : 1));
            CHECK(loop.now() - start == (whole && !over_h2() ? 2s : 1s));
          }
        },
        served());
  });
}

TEST_CASE("a plain handler's body that is cut off is answered at once", "[http][half_close][body]") {
  for_each_sim_loop([](Loop& loop) {
    for (const HalfClose choice : {HalfClose::gone, HalfClose::served}) {
      // Alone, or behind an answer that the client does not take for a while.
      for (const bool behind : {false, true}) {
        if (behind && over_h2()) continue;  // its windows are too small for that
        CAPTURE(choice, behind);
        Router router;
        add_body_users(router);
        ServerOptions options;
        options.half_close = choice;
        options.limits.output = 100'000;
        with_routes(
            loop, router,
            [&](RouteSite& site) -> Task<> {
              const TimePoint start = loop.now();
              ClientStream stream = co_await site.connect();
              const std::string first = behind ? request("GET /big") : std::string{};
              co_await send(stream, first + request("POST /plain", "Content-Length: 10\r\n", "01234"));
              (void)co_await stream.finish();
              co_await sleep_for(1s);
              const std::string answers = co_await read_to_end(stream);
              CHECK(loop.now() - start == 1s);
              CHECK(count(answers, "HTTP/1.1 400 ") == 1);
              CHECK(count(answers, "HTTP/1.1 200 ") == (behind ? 1 : 0));
            },
            options);
      }
    }
  });
}
