#include "route_site.hpp"

#include <gyre/loop/shield.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_sim_loop;

namespace {

constexpr RouteOptions limited{.handler = 1s};

/// Takes 50 s whatever happens, and is answered after 1 s.
void add_stubborn(Router& router) {
  const auto stubborn = [](Request&) -> Task<std::string> {
    auto working = shield(1h, sleep_for(50s));
    (void)co_await std::move(working);
    co_return "late";
  };
  router.get("/late", stubborn, limited).post("/late", stubborn, limited);
  router.get("/", [] { return "hello"; });
  router.get("/task", []() -> Task<std::string> {
    co_await sleep_for(1s);
    co_return "task";
  });
  router.post("/echo", [](const Request& asked) { return std::string{asked.body()}; });
  router.get("/session", []() -> Task<Response> {
    co_return Response::upgrade("x", [](Stream peer, std::string) -> Task<> { co_await send(peer, "session"); });
  });
}

/// Asks for what is late, with `behind` in the same packet, and waits for its answer.
Task<ClientStream> ask_late(RouteSite* site, std::string_view line, std::string_view behind = {}) {
  ClientStream stream = co_await site->connect();
  co_await send(stream, request(line, "Content-Length: 4\r\n", "body") + std::string{behind});
  const std::string answer = co_await read_until(stream, "\"status\":503}");
  CHECK(answer.starts_with("HTTP/1.1 503 "));
  CHECK(answer.find("Connection: close") == std::string::npos);
  co_return std::move(stream);
}

}  // namespace

TEST_CASE("a handler that is late holds up no other request", "[http][deadline]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    add_stubborn(router);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      for (const std::string_view line : {"GET /late", "POST /late"}) {
        CAPTURE(line);
        const TimePoint start = loop.now();
        ClientStream stream = co_await ask_late(&site, line);
        CHECK(loop.now() - start == 1s);
        co_await send(stream, request("GET /"));
        (void)co_await read_until(stream, "hello");
        co_await send(stream, request("POST /echo", "Content-Length: 4\r\n", "echo"));
        (void)co_await read_until(stream, "\r\n\r\necho");
        co_await send(stream, request("POST /echo", "Content-Length: 4\r\n", "ec"));
        co_await sleep_for(1s);
        co_await send(stream, "ho" + request("GET /task") + request("GET /"));
        (void)co_await read_until(stream, "hello");
        CHECK(loop.now() - start == 3s);
        CHECK(site.server.statistics().handlers_running == 1);
        co_await sleep_for(47s + 1ms);
        CHECK(site.server.statistics().handlers_running == 0);
        co_await send(stream, request("GET /"));
        (void)co_await read_until(stream, "hello");
        CHECK(loop.now() - start == 50s + 1ms);
      }
    });
  });
}

TEST_CASE("what waits behind a handler is served when that is late", "[http][deadline][pipeline]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    add_stubborn(router);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      const TimePoint start = loop.now();
      const std::string behind = request("POST /echo", "Content-Length: 4\r\n", "echo") + request("GET /");
      ClientStream stream = co_await ask_late(&site, "POST /late", behind);
      const std::string answers = co_await read_until(stream, "hello");
      CHECK(count(answers, "HTTP/1.1 200 OK") == 2);
      CHECK(loop.now() - start == 1s);
    });
  });
}

TEST_CASE("the limits of a connection hold beside a late handler", "[http][deadline][limits]") {
  SimLoop loop;
  Router router;
  add_stubborn(router);
  ServerOptions options;
  options.limits.idle = 20s;
  with_routes(
      loop, router,
      [&](RouteSite& site) -> Task<> {
        ClientStream idle = co_await ask_late(&site, "POST /late");
        const TimePoint start = loop.now();
        std::string answer = co_await read_to_end(idle);
        CHECK(answer.empty());
        CHECK(loop.now() - start == 20s);
        if (over_h2()) co_return;
        ClientStream slow = co_await ask_late(&site, "POST /late");
        const TimePoint head_start = loop.now();
        co_await send(slow, "GET / HT");
        answer = co_await read_to_end(slow);
        CHECK(answer.starts_with("HTTP/1.1 408 "));
        CHECK(loop.now() - head_start == 10s);
      },
      options);
}

TEST_CASE("a head that finds no place beside late handlers is not the client's fault",
          "[http][deadline][limits][http1]") {
  SimLoop loop;
  Router router;
  add_stubborn(router);
  ServerOptions options;
  options.limits.concurrent_requests = 1;
  with_routes(
      loop, router,
      [&](RouteSite& site) -> Task<> {
        const TimePoint start = loop.now();
        ClientStream stream = co_await ask_late(&site, "POST /late", request("GET /"));
        const std::string answer = co_await read_until(stream, "hello");
        CHECK(answer.starts_with("HTTP/1.1 200 "));
        CHECK(loop.now() - start == 50s);
      },
      options);
}

TEST_CASE("an upgrade beside a late handler gets the connection", "[http][deadline][upgrade][http1]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    add_stubborn(router);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      const TimePoint start = loop.now();
      ClientStream stream = co_await ask_late(&site, "POST /late");
      co_await send(stream, request("GET /session", "Connection: upgrade\r\nUpgrade: x\r\n"));
      const std::string answer = co_await read_to_end(stream);
      CHECK(answer.starts_with("HTTP/1.1 101 "));
      CHECK(answer.ends_with("session"));
      CHECK(loop.now() - start == 1s);
    });
  });
}

TEST_CASE("a client that ends its side beside a late handler gets what it asked for", "[http][deadline]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    add_stubborn(router);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      ClientStream stream = co_await ask_late(&site, "POST /late");
      co_await send(stream, request("GET /"));
      (void)co_await stream.finish();
      const std::string answer = co_await read_until(stream, "hello");
      CHECK(answer.starts_with("HTTP/1.1 200 "));
    });
  });
}

TEST_CASE("a drain makes the answer beside a late handler the last", "[http][deadline][stop]") {
  SimLoop loop;
  Router router;
  add_stubborn(router);
  router.get("/twice", []() -> Task<std::string> {
    co_await sleep_for(2s);
    co_return "twice";
  });
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    ClientStream stream = co_await ask_late(&site, "POST /late");
    co_await send(stream, request("GET /twice"));
    co_await sleep_for(1s);
    Context& context = co_await this_context();
    Scope scope{context};
    scope.spawn(site.server.stop(1h));
    const TimePoint start = loop.now();
    const std::string answer = co_await read_to_end(stream);
    CHECK(answer.find("Connection: close") != std::string::npos);
    CHECK(loop.now() - start == 1s);
    co_await scope.join();
  });
}

TEST_CASE("who reads a body in a shield is woken when the request is answered", "[http][deadline][body]") {
  // One that is worth draining, and one that is not.
  for (const std::string_view length : {"1000", "1000000000"}) {
    for (const bool collected : {false, true}) {
      CAPTURE(length, collected);
      SimLoop loop;
      std::vector<Errc> errors;
      TimePoint woken{};
      const auto read = [&](Body* body, Request* asked) -> Task<> {
        for (int turn = 0; turn < 3; ++turn) {
          if (collected) {
            const Result<void> whole = co_await asked->collect();
            if (!whole) errors.push_back(whole.error().code());
          } else {
            const Result<std::string_view> piece = co_await body->read();
            if (!piece) errors.push_back(piece.error().code());
          }
          if (!errors.empty() && woken == TimePoint{}) woken = loop.now();
        }
      };
      Router router;
      router.post("/",
                  [&](Request& asked, Body body) -> Task<std::string> {
                    auto reading = shield(1h, read(&body, &asked));
                    (void)co_await std::move(reading);
                    co_return "done";
                  },
                  {.body = 2'000'000'000, .handler = 1s});
      with_routes(loop, router, [&](RouteSite& site) -> Task<> {
        ClientStream stream = co_await site.connect();
        const TimePoint start = loop.now();
        co_await send(stream, request("POST /", "Content-Length: " + std::string{length} + "\r\n", "half"));
        const std::string answer = co_await read_until(stream, "\r\n\r\n");
        CHECK(answer.starts_with("HTTP/1.1 503 "));
        co_await sleep_for(1ms);
        CHECK(woken - start == 1s);
        CHECK(site.server.statistics().handlers_running == 0);
      });
      CHECK(errors == std::vector<Errc>(collected ? 3 : 2, Errc::cancelled));
    }
  }
}
