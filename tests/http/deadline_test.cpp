#include "mixed_service.hpp"
#include "route_site.hpp"

#include <gyre/http/cancel_status.hpp>
#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/web/middleware/deadline.hpp>
#include <gyre/web/middleware/deadline_field.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_sim_loop;

namespace {

/// One answer, and when it was there.
struct Timed {
  Duration after{};
  std::string answer;
  int status() const { return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3)); }
};

Task<Timed> ask(RouteSite* site, std::string bytes) {
  ClientStream stream = co_await site->connect();
  const TimePoint start = site->loop.now();
  co_await send(stream, bytes);
  Timed timed;
  timed.answer = co_await read_until(stream, "\r\n\r\n");
  timed.after = site->loop.now() - start;
  co_return timed;
}

Task<std::string> sleepy(Duration length) {
  co_await sleep_for(length);
  co_return "slept";
}

/// Handlers that shorten their own time.
void add_shortening(Router& router) {
  router.get("/once", [](Request& request) {
    request.limit_deadline(50ms, Status::gateway_timeout);
    return sleepy(1h);
  });
  router.get("/earlier", [](Request& request) {
    request.limit_deadline(50ms, Status::gateway_timeout);
    request.limit_deadline(20ms);
    return sleepy(1h);
  });
  router.get("/later", [](Request& request) {
    request.limit_deadline(20ms);
    request.limit_deadline(20ms, Status::gateway_timeout);
    request.limit_deadline(50ms, Status::gateway_timeout);
    return sleepy(1h);
  });
  router.get("/midway", [](Request& request) -> Task<std::string> {
    co_await sleep_for(10ms);
    request.limit_deadline(5ms);
    co_await sleep_for(1h);
    co_return "";
  });
  router.get("/instant", [](Request& request) -> Task<std::string> {
    const TimePoint start = co_await now();
    request.limit_deadline(start + 30ms);
    Context& context = co_await this_context();
    CHECK(context.deadline() == start + 30ms);
    co_await sleep_for(1h);
    co_return "";
  });
  router.get("/past", [](Request& request) -> Task<std::string> {
    co_await sleep_for(10ms);
    request.limit_deadline(TimePoint{});
    request.limit_deadline(-5ms);
    co_await sleep_for(1h);
    co_return "";
  });
  router.get("/zero", [](Request& request) {
    request.limit_deadline(0ms);
    return sleepy(1h);
  });
  router.get("/zero_but_done", [](Request& request) -> Task<std::string> {
    request.limit_deadline(0ms);
    co_return "done";
  });
  router.get("/plain", [](Request& request) {
    request.limit_deadline(0ms);
    return "plain";
  });
}

}  // namespace

TEST_CASE("a handler's time is that of its route, and so is the answer when it is over", "[http][deadline]") {
  for_each_sim_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.handler = 100ms;
    Router router;
    router.get("/usual", [] { return sleepy(1h); });
    router.get("/short", [] { return sleepy(1h); }, {.handler = 50ms, .deadline_status = Status::gateway_timeout});
    router.get("/long", [] { return sleepy(1h); }, {.handler = 10s});
    router.get("/quick", [] { return sleepy(49ms); }, {.handler = 50ms});
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          struct Case {
            std::string_view path;
            Duration after;
            int status;
          };
          constexpr Case cases[] = {
              {"/usual", 100ms, 503}, {"/short", 50ms, 504}, {"/long", 10s, 503}, {"/quick", 49ms, 200}};
          for (const Case& each : cases) {
            CAPTURE(each.path);
            const Timed timed = co_await ask(&site, request("GET " + std::string{each.path}));
            CHECK(timed.after == each.after);
            CHECK(timed.status() == each.status);
          }
          CHECK(site.server.statistics().answers_dropped == 3);
        },
        options);
  });
}

TEST_CASE("a request's time can be shortened from within", "[http][deadline]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    add_shortening(router);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      struct Case {
        std::string_view path;
        Duration after;
        int status;
      };
      constexpr Case cases[] = {{"/once", 50ms, 504},   {"/earlier", 20ms, 503},      {"/later", 20ms, 503},
                                {"/midway", 15ms, 503}, {"/instant", 30ms, 503},      {"/past", 10ms, 503},
                                {"/zero", 0ms, 503},    {"/zero_but_done", 0ms, 200}, {"/plain", 0ms, 200}};
      for (const Case& each : cases) {
        CAPTURE(each.path);
        const Timed timed = co_await ask(&site, request("GET " + std::string{each.path}));
        CHECK(timed.after == each.after);
        CHECK(timed.status() == each.status);
        if (is_error(Status{static_cast<std::uint16_t>(each.status)})) {
          CHECK(count(timed.answer, "application/problem+json") == 1);
        }
      }
    });
  });
}

TEST_CASE("an answer that is ready in the turn of the deadline is given", "[http][deadline]") {
  // Whether the answer or the deadline comes first at the same instant, there is one answer, and nothing is left.
  for_each_sim_loop([](Loop& loop) {
    Event go;
    Router router;
    router.get("/wait", [&](Request& request) -> Task<std::string> {
      request.limit_deadline(50ms);
      co_await go.wait();
      co_return "just in time";
    });
    router.get("/sleep", [](Request& request) {
      request.limit_deadline(50ms);
      return sleepy(50ms);
    });
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(
          [](Event* event) -> Task<> {
            co_await sleep_for(50ms);
            event->set();
          },
          &go);
      const Timed waited = co_await ask(&site, request("GET /wait"));
      CHECK(waited.after == 50ms);
      CHECK((waited.status() == 200 || waited.status() == 503));
      co_await scope.join();
      const Timed slept = co_await ask(&site, request("GET /sleep"));
      CHECK(slept.after == 50ms);
      CHECK((slept.status() == 200 || slept.status() == 503));
      const ServerStatistics statistics = site.server.statistics();
      CHECK(statistics.responses == 2);
      CHECK(statistics.handlers_running == 0);
    });
  });
}

TEST_CASE("a deadline ends with the answer's head", "[http][deadline][stream]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    router.get("/", [](Request& request) -> Task<Response> {
      request.limit_deadline(20ms);
      co_return Response::stream([&request](BodyWriter& out) -> Task<> {
        request.limit_deadline(1ms);
        co_await sleep_for(1h);
        co_await out.write("whole");
      });
    });
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET /"));
      const std::string answer = co_await read_until(stream, "0\r\n\r\n");
      CHECK(dechunk(body_of(answer)) == "whole");
    });
  });
}

TEST_CASE("a deadline holds for a body that is still on its way", "[http][deadline][body]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    router.use(deadline(50ms, {.status = Status::gateway_timeout}));
    router.post("/", [](const Request& request) { return std::string{request.body()}; });
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      const Timed timed = co_await ask(&site, request("POST /", "Content-Length: 10\r\n", "0123"));
      CHECK(timed.after == 50ms);
      CHECK(timed.status() == 504);
    });
  });
}

TEST_CASE("deadline is middleware, and the shortest holds", "[http][deadline][middleware]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    router.use(deadline(80ms), deadline(50ms, {.status = Status::gateway_timeout}), deadline(70ms));
    router.get("/", [] { return sleepy(1h); });
    router.get("/short", [] { return sleepy(1h); }, {.handler = 30ms});
    router.get("/quick", [] { return sleepy(49ms); });
    router.get("/plain", [] { return "plain"; });
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      const Timed usual = co_await ask(&site, request("GET /"));
      CHECK(usual.after == 50ms);
      CHECK(usual.status() == 504);
      const Timed route = co_await ask(&site, request("GET /short"));
      CHECK(route.after == 30ms);
      CHECK(route.status() == 503);
      const Timed quick = co_await ask(&site, request("GET /quick"));
      CHECK(quick.after == 49ms);
      CHECK(quick.status() == 200);
      const Timed plain = co_await ask(&site, request("GET /plain"));
      CHECK(plain.status() == 200);
    });
  });
}

TEST_CASE("a client may say how long it will wait", "[http][deadline][middleware]") {
  for_each_sim_loop([](Loop& loop) {
    int calls = 0;
    Router router;
    router.use(deadline_from("X-Timeout", DeadlineFormat::milliseconds),
               deadline_from("grpc-timeout", DeadlineFormat::grpc, {.status = Status::service_unavailable}));
    router.get("/", [&] {
      ++calls;
      return sleepy(100ms);
    });
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      struct Case {
        std::string_view fields;
        Duration after;
        int status;
      };
      constexpr Case cases[] = {{"", 100ms, 200},
                                {"X-Timeout: 50\r\n", 50ms, 504},
                                {"x-timeout: 50\r\nGrpc-Timeout: 20m\r\n", 20ms, 503},
                                {"grpc-timeout: 70000u\r\n", 70ms, 503},
                                {"x-timeout: 3600000\r\n", 100ms, 200},
                                {"x-timeout: 99999999999999999999999999\r\n", 100ms, 200},
                                {"x-timeout: 0\r\n", 0ms, 504},
                                {"grpc-timeout: 0H\r\n", 0ms, 503},
                                {"x-timeout: \r\n", 0ms, 400},
                                {"x-timeout: 5s\r\n", 0ms, 400},
                                {"x-timeout: -5\r\n", 0ms, 400},
                                {"x-timeout: 50\r\nx-timeout: 50\r\n", 0ms, 400},
                                {"grpc-timeout: 123456789S\r\n", 0ms, 400}};
      int expected = 0;
      for (const Case& each : cases) {
        CAPTURE(each.fields);
        const Timed timed = co_await ask(&site, request("GET /", each.fields));
        CHECK(timed.after == each.after);
        CHECK(timed.status() == each.status);
        if (each.after != 0ms) ++expected;
        CHECK(calls == expected);
      }
    });
  });
}

TEST_CASE("ten thousand requests whose handlers hang are answered at their deadline", "[http][deadline]") {
  SimLoop loop;
  constexpr std::size_t connections = 1000;
  constexpr std::size_t each = 10;
  constexpr RouteOptions limited{.handler = 50ms};
  int running = 0;
  std::size_t on_time = 0;
  Router router;
  router.get(
      "/",
      [&]() -> Task<std::string> {
        const mixed::Alive alive{running};
        co_await sleep_for(10s);
        co_return "too late";
      },
      limited);
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    const auto client = [](RouteSite* to, std::size_t* hits) -> Task<> {
      ClientStream stream = co_await to->connect();
      std::string bytes;
      for (std::size_t index = 0; index < each; ++index) bytes += request("GET /");
      const TimePoint start = to->loop.now();
      co_await send(stream, bytes);
      std::string answers;
      std::byte buffer[4096];
      while (count(answers, "\"status\":503}") < each) {
        const Result<std::size_t> got = co_await stream.read(buffer);
        if (to->loop.now() - start != 50ms || got.value() == 0) co_return;
        answers += as_text(Bytes{buffer, *got});
      }
      *hits += count(answers, "HTTP/1.1 503 ");
    };
    Context& context = co_await this_context();
    Scope scope{context};
    for (std::size_t index = 0; index < connections; ++index) scope.spawn(client(&site, &on_time));
    co_await scope.join();
    CHECK(on_time == connections * each);
    co_await site.quiet();
    const ServerStatistics statistics = site.server.statistics();
    CHECK(running == 0);
    CHECK(statistics.requests == connections * each);
    CHECK(statistics.responses == connections * each);
    CHECK(statistics.answers_dropped == connections * each);
    CHECK(statistics.handlers_running == 0);
    CHECK(statistics.connections_open == 0);
  });
  CHECK(loop.open_descriptors() == 0);
  CHECK(loop.armed() == 0);
}

TEST_CASE("every request has exactly one outcome", "[http][deadline][disconnect]") {
  for (const std::uint64_t seed : loop_test::seeds(12)) {
    CAPTURE(seed);
    SimOptions world;
    world.seed = seed;
    SimLoop loop{world};
    constexpr std::size_t requests = 200;
    std::uint64_t chance = seed;
    const auto random = [&](std::uint64_t limit) {
      chance = chance * 6364136223846793005U + 1442695040888963407U;
      return (chance >> 33U) % limit;
    };
    int running = 0;
    std::size_t ended = 0;
    std::size_t in_time = 0;
    std::size_t late = 0;
    Router router;
    const auto handler = [&](Request& request) -> Task<std::string> {
      const mixed::Alive alive{running};
      const auto length = std::chrono::microseconds{1 + std::stoi(std::string{request.header("x-length")})};
      if (request.header("x-limit") == "yes") request.limit_deadline(20ms);
      try {
        co_await sleep_for(length);
      } catch (const Cancelled&) {
        ++ended;
        throw;
      }
      ++ended;
      co_return "done";
    };
    router.get("/cancel", handler);
    router.get("/finish", handler, {.handler = 30ms, .on_disconnect = OnDisconnect::finish});
    router.get("/detach", handler, {.handler = 30ms, .on_disconnect = OnDisconnect::detach});
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      const auto client = [&](std::string bytes, Duration patience) -> Task<> {
        ClientStream stream = co_await site.connect();
        co_await send(stream, bytes);
        auto reading = within(patience, read_until(stream, "\r\n\r\n"));
        const Result<std::string> answer = co_await std::move(reading);
        if (answer && answer->starts_with("HTTP/1.1 200 ")) ++in_time;
        if (answer && answer->starts_with("HTTP/1.1 503 ")) ++late;
      };
      Context& context = co_await this_context();
      Scope scope{context};
      for (std::size_t index = 0; index < requests; ++index) {
        const std::string_view paths[] = {"GET /cancel", "GET /finish", "GET /detach"};
        const std::string fields =
            "X-Length: " + std::to_string(random(60'000)) + "\r\nX-Limit: " + (random(2) == 0 ? "yes" : "no") + "\r\n";
        const auto patience = std::chrono::nanoseconds{1'000'000 + random(60'000'000)};
        scope.spawn(client(request(paths[random(3)], fields), patience));
      }
      co_await scope.join();
      while (site.server.statistics().handlers_running != 0) co_await sleep_for(1ms);
      co_await site.quiet();
      const ServerStatistics statistics = site.server.statistics();
      CHECK(running == 0);
      CHECK(ended == requests);
      CHECK(statistics.requests == requests);
      CHECK(statistics.responses == in_time + late);
      CHECK(statistics.answers_dropped == requests - in_time);
    });
    CHECK(loop.open_descriptors() == 0);
  }
}

TEST_CASE("one handler too many is refused at once", "[http][limits]") {
  for_each_sim_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.handlers = 2;
    Router router;
    router.get("/", [] { return sleepy(50ms); });
    router.get("/finish", [] { return sleepy(50ms); }, {.on_disconnect = OnDisconnect::finish});
    router.post("/read", [](Body body) -> Task<std::string> {
      const Result<std::string_view> piece = co_await body.read();
      co_return std::string{piece.value()};
    });
    router.get("/plain", [] { return "plain"; });
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          Context& context = co_await this_context();
          Scope scope{context};
          const auto leave = [](RouteSite* to) -> Task<> {
            ClientStream stream = co_await to->connect();
            co_await send(stream, request("GET /finish"));
            co_await sleep_for(1ms);
          };
          const auto expect_200 = [](RouteSite* to) -> Task<> {
            const Timed timed = co_await ask(to, request("GET /"));
            CHECK(timed.status() == 200);
          };
          scope.spawn(leave(&site));
          scope.spawn(expect_200(&site));
          co_await sleep_for(5ms);
          CHECK(site.server.statistics().handlers_running == 2);
          ClientStream stream = co_await site.connect();
          co_await send(stream, request("GET /") + request("POST /read", "Content-Length: 4\r\n", "body") +
                                    request("GET /plain"));
          const TimePoint start = loop.now();
          const std::string answers = co_await read_until(stream, "plain");
          CHECK(loop.now() == start);
          CHECK(count(answers, "HTTP/1.1 503 ") == 2);
          CHECK(count(answers, "Retry-After: 1\r\n") == 2);
          CHECK(count(answers, "HTTP/1.1 200 ") == 1);
          CHECK(site.server.statistics().handlers_shed == 2);
          CHECK(site.server.statistics().rejected == 2);
          co_await scope.join();
          co_await sleep_for(1ms);
          const Timed again = co_await ask(&site, request("GET /"));
          CHECK(again.status() == 200);
          CHECK(site.server.statistics().handlers_running == 0);
        },
        options);
  });
}

TEST_CASE("what a cancelled request is answered with", "[http][cancel]") {
  CHECK(answer_to(CancelReason::client_gone) == std::nullopt);
  for (const CancelReason reason :
       {CancelReason::deadline, CancelReason::shutdown, CancelReason::shed, CancelReason::requested}) {
    CHECK(answer_to(reason) == Status::service_unavailable);
    CHECK(logged_as(reason) == Status::service_unavailable);
  }
  for (const CancelReason reason : {CancelReason::none, CancelReason::sibling}) {
    CHECK(answer_to(reason) == Status::internal_server_error);
  }
  CHECK(logged_as(CancelReason::client_gone) == Status::client_closed_request);
}

TEST_CASE("Cancelled out of a handler is answered by the request's reason", "[http][cancel]") {
  for_each_sim_loop([](Loop& loop) {
    std::vector<std::string> heard;
    Router router;
    router.on_error([&](const ErrorReport& report) { heard.emplace_back(report.text); });
    for (const CancelReason reason :
         {CancelReason::shed, CancelReason::requested, CancelReason::sibling, CancelReason::none}) {
      const std::string path = "/" + std::string{name(reason)};
      router.get(runtime(path), [reason](Request& request) -> Task<std::string> {
        request.context().cancel(reason);
        if (reason == CancelReason::none) throw Cancelled{};
        co_await sleep_for(1h);
        co_return "";
      });
    }
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      for (const std::string path : {"/shed", "/requested"}) {
        const Timed timed = co_await ask(&site, request("GET " + path));
        CHECK(timed.status() == 503);
      }
      CHECK(heard.empty());
      for (const std::string path : {"/sibling", "/none"}) {
        const Timed timed = co_await ask(&site, request("GET " + path));
        CHECK(timed.status() == 500);
      }
      CHECK(heard == std::vector<std::string>(2, "Cancelled, out of a request that was not"));
    });
  });
}
