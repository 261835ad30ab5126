#include "route_site.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

/// "/sleep/{ms}" answers after that time with its mark; how many do so at once is counted.
struct Sleepers {
  Sleepers() {
    const auto sleep = [this](Request& request) -> Task<std::string> {
      at_once_max = std::max(at_once_max, ++at_once);
      const int time = std::stoi(std::string{request.parameter(0)});
      co_await sleep_for(std::chrono::milliseconds{time});
      --at_once;
      co_return std::string{request.header("X-Mark")} + ";";
    };
    router.get("/sleep/{ms}", sleep);
    router.post("/sleep/{ms}", sleep);
    router.get("/plain", [](Request& request) { return std::string{request.header("X-Mark")} + ";"; });
    router.get("/gate", [this]() -> Task<std::string> {
      co_await gate.wait();
      co_return "gate;";
    });
    router.get("/late", [this]() -> Task<std::string> {
      try {
        co_await sleep_for(1h);
      } catch (const Cancelled&) {
        ++cancelled;
      }
      co_return "too late";
    });
    router.get("/late/own", [] { return "x"; }, {.handler = 1s});
    router.get("/slow",
               []() -> Task<std::string> {
                 co_await sleep_for(5s);
                 co_return "slow;";
               },
               {.handler = 6s});
  }

  Router router;
  Event gate;
  int at_once = 0;
  int at_once_max = 0;
  int cancelled = 0;
};

std::string marked(std::string_view line, std::string_view mark) {
  return request(line, "X-Mark: " + std::string{mark} + "\r\n");
}

/// The bodies of all answers in a row, whole ones of known length.
std::string bodies(std::string_view answers) {
  std::string all;
  while (!answers.empty()) {
    const std::size_t length = answers.find("Content-Length: ");
    const std::size_t end = answers.find("\r\n\r\n");
    if (length == std::string_view::npos || end == std::string_view::npos) return all + "?";
    const std::size_t size = std::stoul(std::string{answers.substr(length + 16, 12)});
    all += answers.substr(end + 4, size);
    answers.remove_prefix(end + 4 + size);
  }
  return all;
}

}  // namespace

TEST_CASE("requests with safe methods run beside each other and are answered in order", "[http][concurrency]") {
  for_each_loop([](Loop& loop) {
    Sleepers sleepers;
    with_routes(loop, sleepers.router, [&](RouteSite& site) -> Task<> {
      const TimePoint start = loop.now();
      const std::string answer =
          co_await site.ask(marked("GET /sleep/40", "a") + marked("GET /sleep/10", "b") + marked("GET /plain", "c") +
                            marked("GET /sleep/30", "d") + request("GET /plain", "X-Mark: e\r\nConnection: close\r\n"));
      CHECK(bodies(answer) == "a;b;c;d;e;");
      CHECK(sleepers.at_once_max == 3);
      if (loop.backend() == Backend::sim) CHECK(loop.now() - start == 40ms);
    });
  });
}

TEST_CASE("other requests are alone", "[http][concurrency][http1]") {
  SimLoop loop;
  Sleepers sleepers;
  with_routes(loop, sleepers.router, [&](RouteSite& site) -> Task<> {
    TimePoint start = loop.now();
    std::string answer =
        co_await site.ask(marked("GET /sleep/10", "a") + marked("POST /sleep/20", "b") + marked("GET /sleep/40", "c") +
                          marked("GET /sleep/40", "d") + request("GET /sleep/1", "X-Mark: e\r\nConnection: close\r\n"));
    CHECK(bodies(answer) == "a;b;c;d;e;");
    CHECK(loop.now() - start == 71ms);
    CHECK(sleepers.at_once_max == 2);
  });
}

TEST_CASE("how many run at once is limited", "[http][concurrency][limits][http1]") {
  for_each_sim_loop([](Loop& loop) {
    Sleepers sleepers;
    ServerOptions options;
    options.limits.concurrent_requests = 3;
    const auto body = [&](RouteSite& site) -> Task<> {
      std::string requests;
      std::string expected;
      for (int index = 0; index < 30; ++index) {
        requests += marked("GET /sleep/" + std::to_string(index * 7 % 20), std::to_string(index));
        expected += std::to_string(index) + ";";
      }
      const std::string answer =
          co_await site.ask(requests + request("GET /plain", "X-Mark: end\r\nConnection: close\r\n"));
      CHECK(bodies(answer) == expected + "end;");
      CHECK(sleepers.at_once_max == 3);
    };
    with_routes(loop, sleepers.router, body, options);
  });
}

TEST_CASE("answers that wait for their turn are limited as those that wait to be sent",
          "[http][concurrency][limits][http1]") {
  SimLoop loop;
  Sleepers sleepers;
  int asked = 0;
  sleepers.router.get("/large", [&asked] {
    ++asked;
    return std::string(100'000, 'x');
  });
  with_routes(loop, sleepers.router, [&](RouteSite& site) -> Task<> {
    std::string requests = request("GET /gate");
    for (int index = 0; index < 10; ++index) requests += request("GET /large");
    ClientStream stream = co_await site.connect();
    co_await send(stream, requests + request("GET /plain", "Connection: close\r\n"));
    co_await sleep_for(1ms);
    CHECK(asked == 3);  // 300,000 bytes are above `Limits::output`
    sleepers.gate.set();
    const std::string answers = co_await read_to_end(stream);
    CHECK(asked == 10);
    CHECK(bodies(answers).size() == 5 + 1'000'000 + 1);
  });
}

TEST_CASE("an error behind requests that wait is answered after them", "[http][concurrency][http1]") {
  SimLoop loop;
  Sleepers sleepers;
  with_routes(loop, sleepers.router, [](RouteSite& site) -> Task<> {
    const std::string answer = co_await site.ask(marked("GET /sleep/10", "a") + "GET bad HTTP/1.1\r\nHost: a\r\n\r\n" +
                                                 marked("GET /plain", "b"));
    CHECK(answer.find("a;") < answer.find("HTTP/1.1 400 "));
    CHECK(count(answer, "HTTP/1.1 ") == 2);
  });
}

TEST_CASE("a client that leaves cancels all that run for it", "[http][concurrency][cancel]") {
  for_each_loop([](Loop& loop) {
    Sleepers sleepers;
    with_routes(loop, sleepers.router, [&](RouteSite& site) -> Task<> {
      {
        ClientStream stream = co_await site.connect();
        co_await send(stream, request("GET /late") + request("GET /late") + request("GET /late"));
        while (site.server.statistics().requests != 3) co_await sleep_for(1ms);
      }
      co_await site.quiet();
      CHECK(sleepers.cancelled == 3);
      CHECK(site.server.statistics().answers_dropped == 3);
    });
  });
}

TEST_CASE("a handler that takes too long is answered for, cancelled and waited for", "[http][limits]") {
  SimLoop loop;
  Sleepers sleepers;
  with_routes(loop, sleepers.router, [&](RouteSite& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    const TimePoint start = loop.now();
    co_await send(stream, request("GET /late"));
    const std::string answer = co_await read_until(stream, "503}");
    CHECK(loop.now() - start == 30s);
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    co_await sleep_for(1ms);
    CHECK(sleepers.cancelled == 1);
    CHECK(site.server.statistics().answers_dropped == 1);  // "too late"
    co_await send(stream, request("GET /plain", "X-Mark: next\r\nConnection: close\r\n"));
    const std::string next = co_await read_to_end(stream);
    CHECK(bodies(next) == "next;");
  });
}

TEST_CASE("a route has a time limit of its own", "[http][limits]") {
  SimLoop loop;
  Sleepers sleepers;
  ServerOptions options;
  options.limits.handler = 3s;
  const auto body = [&](RouteSite& site) -> Task<> {
    const TimePoint start = loop.now();
    const std::string own = co_await site.ask(request("GET /slow", "Connection: close\r\n"));
    CHECK(bodies(own) == "slow;");
    CHECK(loop.now() - start == 5s);
    const std::string usual = co_await site.ask(request("GET /late", "Connection: close\r\n"));
    CHECK(usual.starts_with("HTTP/1.1 503 "));
    CHECK(loop.now() - start == 8s);
  };
  with_routes(loop, sleepers.router, body, options);
}

TEST_CASE("one connection too many is told so", "[http][limits][cleartext][http1]") {
  for_each_loop([](Loop& loop) {
    Sleepers sleepers;
    ServerOptions options;
    options.limits.connections = 2;
    const auto body = [&](RouteSite& site) -> Task<> {
      ClientStream first = co_await site.connect();
      ClientStream second = co_await site.connect();
      while (site.server.statistics().connections_open != 2) co_await sleep_for(1ms);
      ClientStream third = co_await site.connect();
      const std::string answer = co_await read_to_end(third);
      CHECK(answer.starts_with("HTTP/1.1 503 "));
      CHECK(site.server.statistics().connections_refused == 1);
      third.close();
      first.close();
      while (site.server.statistics().connections_open != 1) co_await sleep_for(1ms);
      const std::string served = co_await site.ask(request("GET /plain", "X-Mark: x\r\nConnection: close\r\n"));
      CHECK(bodies(served) == "x;");
    };
    with_routes(loop, sleepers.router, body, options);
  });
}

TEST_CASE("a slow reader is served as long as it keeps the minimum rate", "[http][limits][cleartext]") {
  SimOptions small;
  small.pipe_capacity = 1000;
  SimLoop loop{small};
  Router router;
  router.get("/", [] { return std::string(40'000, 'x'); });
  router.get("/patient", [] { return std::string(40'000, 'x'); }, {.write_stall = 10s, .rate = 50});
  ServerOptions options;
  options.limits.rate = 240;
  options.limits.write_stall = 30s;
  const auto body = [&](RouteSite& site) -> Task<> {
    struct Case {
      std::string_view path;
      std::size_t rate;
      bool served;
    };
    for (const Case& each :
         {Case{"/", 300, true}, Case{"/", 200, false}, Case{"/patient", 100, true}, Case{"/patient", 40, false}}) {
      CAPTURE(each.path, each.rate);
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET " + std::string{each.path}, "Connection: close\r\n"));
      std::size_t received = 0;
      std::vector<std::byte> buffer(each.rate);
      for (bool open = true; open;) {
        co_await sleep_for(1s);
        const Result<std::size_t> got = co_await stream.read(buffer);
        open = got.has_value() && *got != 0;
        if (open) received += *got;
      }
      CHECK((received > 40'000) == each.served);
    }
  };
  with_routes(loop, router, body, options);
}

TEST_CASE("a connection can be handed over", "[http][upgrade][http1]") {
  for_each_loop([](Loop& loop) {
    Router router;
    CancelReason ended = CancelReason::none;
    router.get("/", [&ended] {
      return Response::upgrade("echo/1", [&ended](Stream stream, std::string early) -> Task<> {
        Context& context = co_await this_context();
        co_await send(stream, "early:" + early + ";");
        std::byte buffer[100];
        for (;;) {
          const Result<std::size_t> got = co_await stream.read(buffer);
          ended = context.reason();
          if (!got || *got == 0) co_return;
          co_await send(stream, as_text(Bytes{buffer, *got}));
        }
      });
    });
    with_routes(loop, router, [&ended](RouteSite& site) -> Task<> {
      const std::string upgrade = request("GET /", "Connection: upgrade\r\nUpgrade: echo/1\r\n");
      ClientStream stream = co_await site.connect();
      co_await send(stream, upgrade + "abc");
      const std::string head = co_await read_until(stream, "\r\n\r\n");
      CHECK(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
      CHECK(count(head, "Upgrade: echo/1\r\n") == 1);
      CHECK(count(head, "Connection: upgrade\r\n") == 1);
      std::string rest = co_await read_until(stream, ";");
      co_await send(stream, "def");
      rest += co_await read_until(stream, "def");
      // How much came early is the network's business.
      CHECK(rest.starts_with("early:"));
      rest.erase(rest.find(';'), 1);
      CHECK(rest == "early:abcdef");
      stream.close();
      co_await site.quiet();
      CHECK(ended == CancelReason::none);
      // Who did not offer it is told what to do.
      const std::string without = co_await site.ask(request("GET /", "Connection: close\r\n"));
      CHECK(without.starts_with("HTTP/1.1 426 "));
      CHECK(count(without, "Upgrade: echo/1\r\n") == 1);
      // A server that stops cancels the session when its grace is over.
      ClientStream last = co_await site.connect();
      co_await send(last, upgrade);
      (void)co_await read_until(last, ";");
      site.listener.stop();
      co_await site.server.stop(20ms);
      CHECK(ended == CancelReason::shutdown);
    });
  });
}

TEST_CASE("what an upgrade comes to in the wrong hands", "[http][upgrade][http1]") {
  SimLoop loop;
  Router router;
  int reported = 0;
  router.on_error([&reported](const ErrorReport&) { ++reported; });
  const auto broken = [](Stream, std::string) -> Task<> {
    co_await sleep_for(1ms);
    throw 7;
  };
  router.get("/broken", [broken] { return Response::upgrade("x", broken); });
  router.get("/status", [broken] {
    Response response = Response::upgrade("x", broken);
    response.set_status(Status::ok);
    return response;
  });
  with_routes(loop, router, [&reported](RouteSite& site) -> Task<> {
    constexpr std::string_view offer = "Connection: upgrade\r\nUpgrade: x\r\n";
    const std::string session = co_await site.ask(request("GET /broken", offer));
    CHECK(session.starts_with("HTTP/1.1 101 "));
    CHECK(reported == 1);
    ClientStream stream = co_await site.connect();
    co_await send(stream, request("GET /status", offer));
    const std::string refused = co_await read_until(stream, "\r\n\r\n");
    CHECK(refused.starts_with("HTTP/1.1 500 "));
    CHECK(count(refused, "upgrade") == 0);
    CHECK(reported == 1);
  });
}
