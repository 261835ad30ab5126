#include "route_site.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;

namespace {

constexpr std::string_view chunked = "Transfer-Encoding: chunked\r\n";
constexpr std::string_view close_after = "Connection: close\r\n";

/// Everything that a body gives, piece by piece, and how it ended.
Task<std::string> drain(Body body, std::string& end) {
  std::string text;
  for (;;) {
    const Result<std::string_view> piece = co_await body.read();
    if (!piece) {
      end = name(piece.error().code());
      co_return text;
    }
    if (piece->empty()) {
      end = "end";
      co_return text;
    }
    text += *piece;
  }
}

/// Routes that say what became of their bodies.
struct Bodies {
  Bodies() {
    router.post("/collect", [](Request& request) { return std::string{request.body()}; });
    router.post("/task", [](Request& request) -> Task<std::string> { co_return std::string{request.body()}; });
    router.post("/trailer", [](const Request& request) {
      return std::string{request.body()} + "|" + std::string{request.trailer("X-Sum").value_or("none")};
    });
    router.post("/stream", [this](Body body) -> Task<std::string> {
      std::string text = co_await drain(body, end);
      co_return text;
    });
    router.post("/thrown", [](Body body) -> Task<std::string> {
      for (;;) {
        const Result<std::string_view> piece = co_await body.read();
        if (piece.value().empty()) co_return "whole";
      }
    });
    router.post("/refuse", [](Body) { return Response::problem(Status::forbidden); });
    router.post("/both", [](Body body) {
      return Response::stream([body](BodyWriter& out) mutable -> Task<> {
        for (;;) {
          const Result<std::string_view> piece = co_await body.read();
          if (piece.value().empty()) co_return;
          co_await out.write(*piece);
        }
      });
    });
    router.post("/gate", [this](Body body) -> Task<std::string> {
      entered.set();
      co_await gate.wait();
      std::string text = co_await drain(body, end);
      co_return std::to_string(text.size());
    });
    router.post("/small", [](Request& request) { return std::string{request.body()}; }, {.body = 4});
    router.get("/", [] { return "hello"; });
  }

  Router router;
  std::string end;
  Event entered;
  Event gate;
};

}  // namespace

TEST_CASE("a chunked body is collected for every kind of handler", "[http][body]") {
  for_each_loop([](Loop& loop) {
    Bodies bodies;
    with_routes(loop, bodies.router, [](RouteSite& site) -> Task<> {
      for (const std::string_view path : {"/collect", "/task", "/stream"}) {
        const std::string line = "POST " + std::string{path};
        const std::string answer = co_await site.ask(request(line, std::string{chunked} + std::string{close_after},
                                                             "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n"));
        CHECK(body_of(answer) == "hello world");
        CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
      }
    });
  });
}

TEST_CASE("a chunked body may arrive byte by byte, and the next request with its end", "[http][body]") {
  SimLoop loop;
  Bodies bodies;
  with_routes(loop, bodies.router, [](RouteSite& site) -> Task<> {
    for (const std::string_view path : {"/collect", "/task", "/stream", "/trailer"}) {
      ClientStream stream = co_await site.connect();
      const std::string bytes =
          request("POST " + std::string{path}, chunked, "3\r\nabc\r\n1\r\nd\r\n0\r\nX-Sum: 4\r\n\r\n") +
          request("GET /", close_after);
      for (const char& byte : bytes) {
        co_await send(stream, {&byte, 1});
        co_await sleep_for(1ms);
      }
      const std::string answer = co_await read_to_end(stream);
      CHECK(count(answer, path == "/trailer" ? "abcd|4" : "abcd") == 1);
      CHECK(answer.ends_with("hello"));
    }
  });
}

TEST_CASE("trailers are apart from the header", "[http][body]") {
  SimLoop loop;
  Router router;
  router.post("/", [](const Request& request) {
    return std::string{request.header("X-Sum")} + "|" + std::string{request.trailer("x-sum").value_or("none")};
  });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    const std::string fields = std::string{chunked} + std::string{close_after} + "X-Sum: head\r\n";
    const std::string with = co_await site.ask(request("POST /", fields, "0\r\nX-Sum:  tail \r\n\r\n"));
    CHECK(body_of(with) == "head|tail");
    const std::string without = co_await site.ask(request("POST /", fields, "0\r\n\r\n"));
    CHECK(body_of(without) == "head|none");
  });
}

TEST_CASE("a handler that does not read slows its client down", "[http][body][limits]") {
  for_each_loop([](Loop& loop) {
    Bodies bodies;
    const std::size_t size = loop.backend() == Backend::sim ? std::size_t{300'000} : std::size_t{40'000'000};
    ServerOptions options;
    options.limits.body = size;
    const auto body = [&](RouteSite& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      const std::string head =
          request("POST /gate", "Content-Length: " + std::to_string(size) + "\r\nConnection: close\r\n");
      co_await send(stream, head);
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn([](ClientStream& to, std::string bytes) -> Task<> { co_await send(to, bytes); }, std::ref(stream),
                  std::string(size, 'x'));
      co_await bodies.entered.wait();
      co_await sleep_for(20ms);
      CHECK(scope.size() == 1);  // the write has to wait
      bodies.gate.set();
      const std::string answer = co_await read_to_end(stream);
      CHECK(body_of(answer) == std::to_string(size));
      CHECK(bodies.end == "end");
      co_await scope.join();
    };
    with_routes(loop, bodies.router, body, options);
  });
}

TEST_CASE("a 100 is sent when the body is wanted", "[http][body]") {
  for_each_loop([](Loop& loop) {
    Bodies bodies;
    with_routes(loop, bodies.router, [&bodies](RouteSite& site) -> Task<> {
      const std::string expect = "Content-Length: 3\r\nExpect: 100-continue\r\n";
      for (const std::string_view path : {"/collect", "/task", "/stream"}) {
        ClientStream stream = co_await site.connect();
        co_await send(stream, request("POST " + std::string{path}, expect));
        const std::string interim = co_await read_until(stream, "\r\n\r\n");
        CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
        co_await send(stream, "abc");
        const std::string answer = co_await read_until(stream, "abc");
        CHECK(answer.starts_with("HTTP/1.1 200 "));
      }
      // Not before a handler reads.
      ClientStream waiting = co_await site.connect();
      co_await send(waiting, request("POST /gate", expect));
      co_await bodies.entered.wait();
      bodies.gate.set();
      const std::string interim = co_await read_until(waiting, "\r\n\r\n");
      CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
      co_await send(waiting, "abc");
      (void)co_await read_until(waiting, "\r\n\r\n3");
      // Ahead of an answer that is written while the body is read.
      ClientStream both = co_await site.connect();
      co_await send(both, request("POST /both", expect));
      const std::string first = co_await read_until(both, "\r\n\r\n");
      CHECK(first == "HTTP/1.1 100 Continue\r\n\r\n");
      co_await send(both, "abc");
      const std::string echo = co_await read_until(both, "0\r\n\r\n");
      CHECK(dechunk(body_of(echo)) == "abc");
      // Nor if the answer comes without a read: then nobody knows whether the body follows.
      const std::string refused = co_await site.ask(request("POST /refuse", expect));
      CHECK(refused.starts_with("HTTP/1.1 403 "));
      CHECK(count(refused, "Connection: close\r\n") == 1);
      // Nor if the body came unasked.
      const std::string unasked = co_await site.ask(request("POST /stream", expect + std::string{close_after}, "abc"));
      CHECK(count(unasked, "HTTP/1.1 200 ") == 1);  // with a 100 before it only if the network cut it in two
    });
  });
}

TEST_CASE("an unread body is got out of the way, or ends the connection", "[http][body][limits][http1]") {
  for_each_loop([](Loop& loop) {
    Bodies bodies;
    ServerOptions options;
    options.limits.drain = 1000;
    const auto body = [](RouteSite& site) -> Task<> {
      const auto with_length = [](std::size_t size) {
        return request("POST /refuse", "Content-Length: " + std::to_string(size) + "\r\n", std::string(size, 'x'));
      };
      const std::string next = request("GET /", close_after);
      for (const std::string& first : {with_length(1000), request("POST /refuse", chunked, "4\r\nabcd\r\n0\r\n\r\n"),
                                       request("POST /no-such-page", "Content-Length: 4\r\n", "abcd")}) {
        const std::string answer = co_await site.ask(first + next);
        CHECK(count(answer, "HTTP/1.1 40") == 1);
        CHECK(answer.ends_with("hello"));
      }
      // Known to be too long: said at once.
      const std::string longer = co_await site.ask(with_length(1001) + next);
      CHECK(count(longer, "HTTP/1.1 ") == 1);
      CHECK(count(longer, "Connection: close\r\n") == 1);
      // Found to be too long.
      std::string many = request("POST /refuse", chunked);
      for (int chunk = 0; chunk < 300; ++chunk) many += "4\r\nabcd\r\n";
      const std::string found = co_await site.ask(many + "0\r\n\r\n" + next);
      CHECK(count(found, "HTTP/1.1 ") == 1);
    };
    with_routes(loop, bodies.router, body, options);
  });
}

TEST_CASE("a broken body has its status, unless the handler answers otherwise", "[http][body][http1]") {
  SimLoop loop;
  Bodies bodies;
  ServerOptions options;
  options.limits.body = 8;
  options.limits.chunks.trailers = 16;
  const auto body = [&bodies](RouteSite& site) -> Task<> {
    struct Case {
      std::string_view chunks;
      std::string_view status;
      std::string_view end;
    };
    constexpr Case cases[] = {
        {"x\r\n", "400", "bad_message"},
        {"3\r\nabcX", "400", "bad_message"},
        {"9\r\n", "413", "limit_exceeded"},
        {"8\r\nabcdefgh\r\n1\r\n", "413", "limit_exceeded"},
        {"0\r\nX-Long: 1234567890\r\n\r\n", "431", "limit_exceeded"},
        {"0\r\nHost: b\r\n\r\n", "400", "bad_message"},
    };
    for (const Case& each : cases) {
      for (const std::string_view path : {"/collect", "/task", "/thrown"}) {
        CAPTURE(path, each.chunks);
        const std::string answer = co_await site.ask(request("POST " + std::string{path}, chunked, each.chunks));
        CHECK(answer.substr(9, 3) == each.status);
        CHECK(count(answer, "Connection: close\r\n") == 1);
        CHECK(count(answer, "HTTP/1.1 ") == 1);
      }
      const std::string own = co_await site.ask(request("POST /stream", chunked, each.chunks));
      CHECK(own.starts_with("HTTP/1.1 200 "));
      CHECK(count(own, "Connection: close\r\n") == 1);
      CHECK(bodies.end == each.end);
    }
  };
  with_routes(loop, bodies.router, body, options);
}

TEST_CASE("a route has a body limit of its own", "[http][body][limits]") {
  SimLoop loop;
  Bodies bodies;
  with_routes(loop, bodies.router, [](RouteSite& site) -> Task<> {
    const std::string fits =
        co_await site.ask(request("POST /small", "Content-Length: 4\r\nConnection: close\r\n", "abcd"));
    CHECK(body_of(fits) == "abcd");
    const std::string too_long = co_await site.ask(request("POST /small", "Content-Length: 5\r\n", "abcde"));
    CHECK(too_long.starts_with("HTTP/1.1 413 "));
    const std::string in_chunks =
        co_await site.ask(request("POST /small", chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
    CHECK(in_chunks.starts_with("HTTP/1.1 413 "));
  });
}

TEST_CASE("bodies that stall or are too slow are given up, to the nanosecond", "[http][body][limits]") {
  SimLoop loop;
  Bodies bodies;
  ServerOptions options;
  options.limits.body_stall = 30s;
  options.limits.rate = 100;
  options.limits.rate_grace = 10s;
  options.limits.handler = Duration::max();
  const auto body = [&](RouteSite& site) -> Task<> {
    for (const std::string_view path : {"/collect", "/task", "/thrown"}) {
      CAPTURE(path);
      const std::string head = request("POST " + std::string{path}, "Content-Length: 100000\r\n");
      // Nothing at all: the grace.
      ClientStream silent = co_await site.connect();
      TimePoint start = loop.now();
      co_await send(silent, head);
      std::string answer = co_await read_to_end(silent);
      CHECK(loop.now() - start == 10s);
      CHECK(answer.starts_with("HTTP/1.1 408 "));
      // 50 bytes a second: with each second half a second of the grace is used up.
      ClientStream slow = co_await site.connect();
      start = loop.now();
      co_await send(slow, head);
      for (int second = 0; second < 17; ++second) {
        co_await sleep_for(1s);
        co_await send(slow, std::string(50, 'x'));
      }
      answer = co_await read_to_end(slow);
      CHECK(loop.now() - start == 18500ms);
      CHECK(answer.starts_with("HTTP/1.1 408 "));
      // Quick enough on the whole, then nothing more.
      ClientStream stalled = co_await site.connect();
      co_await send(stalled, head + std::string(50'000, 'x'));
      start = loop.now();
      answer = co_await read_to_end(stalled);
      CHECK(loop.now() - start == 30s);
      CHECK(answer.starts_with("HTTP/1.1 408 "));
    }
  };
  with_routes(loop, bodies.router, body, options);
}

TEST_CASE("the time that a handler does not read is not the client's", "[http][body][limits]") {
  SimLoop loop;
  Bodies bodies;
  ServerOptions options;
  options.limits.handler = Duration::max();
  const auto body = [&](RouteSite& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    co_await send(stream, request("POST /gate", "Content-Length: 6\r\nConnection: close\r\n", "abc"));
    co_await bodies.entered.wait();
    co_await sleep_for(1h);
    bodies.gate.set();
    co_await sleep_for(5s);
    co_await send(stream, "def");
    const std::string answer = co_await read_to_end(stream);
    CHECK(body_of(answer) == "6");
  };
  with_routes(loop, bodies.router, body, options);
}

TEST_CASE("neither is the time between a read that waited and the next", "[http][body][limits]") {
  SimLoop loop;
  Router router;
  router.post("/", [](Body body) -> Task<std::string> {
    std::size_t bytes = 0;
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) co_return std::to_string(bytes);
      bytes += piece->size();
      co_await sleep_for(1h);
    }
  });
  ServerOptions options;
  options.limits.handler = Duration::max();
  const auto body = [](RouteSite& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    co_await send(stream, request("POST /", "Content-Length: 2\r\nConnection: close\r\n"));
    co_await sleep_for(1s);
    co_await send(stream, "a");
    co_await sleep_for(1h + 5s);
    co_await send(stream, "b");
    const std::string answer = co_await read_to_end(stream);
    CHECK(body_of(answer) == "2");
  };
  with_routes(loop, router, body, options);
}

TEST_CASE("a body that nobody wants has its time limits, too", "[http][body][limits][http1]") {
  SimLoop loop;
  Bodies bodies;
  ServerOptions options;
  options.limits.body_stall = 5s;
  const auto body = [&](RouteSite& site) -> Task<> {
    for (const std::string_view path : {"/refuse", "/nowhere"}) {
      ClientStream stream = co_await site.connect();
      const TimePoint start = loop.now();
      co_await send(stream, request("POST " + std::string{path}, "Content-Length: 6\r\n", "abc"));
      const std::string answer = co_await read_to_end(stream);
      CHECK(count(answer, "HTTP/1.1 ") == 1);
      CHECK(loop.now() - start == 5s);
    }
  };
  with_routes(loop, bodies.router, body, options);
}

// More of them than requests are kept for later.
TEST_CASE("bodies of many connections are thrown away", "[http][body][http1]") {
  SimLoop loop;
  Bodies bodies;
  with_routes(loop, bodies.router, [](RouteSite& site) -> Task<> {
    std::vector<ClientStream> streams;
    for (int count = 0; count < 1100; ++count) {
      streams.push_back(co_await site.connect());
      co_await send(streams.back(), request("POST /refuse", "Content-Length: 3\r\n"));
    }
    co_await sleep_for(1ms);
    for (ClientStream& stream : streams) co_await send(stream, "abc");
    for (ClientStream& stream : streams) co_await send(stream, request("GET /", close_after));
    for (ClientStream& stream : streams) {
      const std::string answer = co_await read_to_end(stream);
      CHECK(answer.ends_with("hello"));
    }
  });
}

TEST_CASE("a client that leaves in the middle of its body cancels the reader", "[http][body][cancel]") {
  for_each_loop([](Loop& loop) {
    Bodies bodies;
    with_routes(loop, bodies.router, [&bodies](RouteSite& site) -> Task<> {
      {
        ClientStream stream = co_await site.connect();
        co_await send(stream, request("POST /stream", "Content-Length: 6\r\n", "abc"));
        co_await sleep_for(5ms);
      }
      co_await site.quiet();
      CHECK(bodies.end == "cancelled");
      CHECK(site.server.statistics().answers_dropped == 1);
    });
  });
}

TEST_CASE("a middleware can refuse a body before it is read", "[http][body]") {
  SimLoop loop;
  Router router;
  router.use([](Request& request, Next next) -> Task<Response> {
    if (request.header("Authorization").empty()) co_return Response::problem(Status::unauthorized);
    const Result<void> collected = co_await request.collect();
    collected.value();
    Response response = co_await next(request);
    response.add("X-Seen", std::to_string(request.body().size()));
    co_return std::move(response);
  });
  router.post("/", [](Request& request) { return std::string{request.body()}; });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    const std::string expect = "Content-Length: 3\r\nExpect: 100-continue\r\n";
    const std::string refused = co_await site.ask(request("POST /", expect));
    CHECK(refused.starts_with("HTTP/1.1 401 "));
    ClientStream stream = co_await site.connect();
    co_await send(stream, request("POST /", expect + "Authorization: x\r\nConnection: close\r\n"));
    const std::string interim = co_await read_until(stream, "\r\n\r\n");
    CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
    co_await send(stream, "abc");
    const std::string answer = co_await read_to_end(stream);
    CHECK(body_of(answer) == "abc");
    CHECK(count(answer, "X-Seen: 3\r\n") == 1);
  });
}

TEST_CASE("a collection that was given up is no end of the body", "[http][body]") {
  SimLoop loop;
  Router router;
  std::string ends;
  router.post("/", [&ends](Body body, Request& request) -> Task<std::string> {
    const auto collect = [](Request* from) -> Task<> {
      const Result<void> collected = co_await from->collect();
      collected.value();
    };
    const Result<void> collected = co_await within(1s, collect(&request));
    ends += name(collected.error().code());
    const Result<std::string_view> piece = co_await body.read();
    ends += piece ? " end" : " " + std::string{name(piece.error().code())};
    co_return "";
  });
  with_routes(loop, router, [&ends](RouteSite& site) -> Task<> {
    (void)co_await site.ask(request("POST /", "Content-Length: 6\r\n", "abc"));
    CHECK(ends == "timed_out invalid_argument");
  });
}
