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

TEST_CASE("a stream that breaks takes the answers behind it along", "[http][stream][http1]") {
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

TEST_CASE("a stream goes on although a large answer waits behind it", "[http][stream]") {
  SimLoop loop;
  Router router;
  router.get("/slow", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      for (const char* piece : {"one ", "two ", "three"}) {
        co_await out.write(piece);
        co_await sleep_for(1ms);
      }
    });
  });
  router.get("/large", [] { return std::string(300'000, 'l'); });
  ServerOptions options;
  options.limits.output = 64 * 1024;
  with_routes(
      loop, router,
      [](RouteSite& site) -> Task<> {
        ClientStream stream = co_await site.connect();
        co_await send(stream, request("GET /slow") + request("GET /large") + request("GET /slow", close_after));
        const std::string answer = co_await read_to_end(stream);
        CHECK(count(answer, "three") == 2);
        CHECK(count(answer, std::string(300'000, 'l')) == 1);
      },
      options);
}

TEST_CASE("nothing behind the last answer is begun while that streams", "[http][stream][http1]") {
  SimLoop loop;
  Router router;
  int called = 0;
  const auto slow = [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      co_await sleep_for(5ms);
      co_await out.write("end");
    });
  };
  router.get("/slow", slow);
  router.get("/task", [slow]() -> Task<Response> { co_return slow(); });
  router.get("/", [&called] {
    ++called;
    return "hello";
  });
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    for (const std::string_view path : {"/slow", "/task"}) {
      const std::string line = "GET " + std::string{path};
      const std::string answer = co_await site.ask(request(line, close_after) + request("GET /"));
      CHECK(dechunk(body_of(answer)) == "end");
      const std::string old = co_await site.ask(line + " HTTP/1.0\r\n\r\n" + request("GET /"));
      CHECK(body_of(old) == "end");
    }
    CHECK(called == 0);
  });
}

TEST_CASE("a request waits for the streamed answer of one that stands alone", "[http][stream][http1]") {
  SimLoop loop;
  Router router;
  std::string order;
  router.post("/", [&order] {
    return Response::stream([&order](BodyWriter& out) -> Task<> {
      co_await sleep_for(5ms);
      order += "post ";
      co_await out.write("end");
    });
  });
  router.get("/", [&order] {
    order += "get";
    return "hello";
  });
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    co_await send(stream, request("POST /") + request("GET /"));
    const std::string answer = co_await read_until(stream, "hello");
    CHECK(answer.ends_with("hello"));
    CHECK(order == "post get");
  });
}

TEST_CASE("what a plain handler took from its request lives as long as its stream", "[http][stream]") {
  SimLoop loop;
  Router router;
  router.post("/{name}", [](Path<std::string_view> name, const Request& request) {
    Response response = Response::stream(
        [name = *name, body = request.body(), agent = request.header("X-Mark"), &request](BodyWriter& out) -> Task<> {
          co_await sleep_for(1ms);
          co_await out.write(name);
          co_await out.write(body);
          co_await out.write(agent);
          co_await out.write(request.body());
          co_await out.write(request.path());
        });
    response.set_content_type(request.header("X-Type"));
    return response;
  });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    const std::string bytes =
        request("POST /name", "X-Mark: mark\r\nX-Type: a/b\r\nContent-Length: 4\r\nConnection: close\r\n", "body");
    const std::string whole = co_await site.ask(bytes);
    CHECK(dechunk(body_of(whole)) == "namebodymarkbody/name");
    CHECK(count(whole, "Content-Type: a/b\r\n") == 1);
    ClientStream stream = co_await site.connect();
    for (const char& byte : bytes) {
      co_await send(stream, {&byte, 1});
      co_await sleep_for(1ms);
    }
    const std::string piecewise = co_await read_to_end(stream);
    CHECK(dechunk(body_of(piecewise)) == "namebodymarkbody/name");
    CHECK(count(piecewise, "Content-Type: a/b\r\n") == 1);
  });
}

TEST_CASE("a body is permitted before the head of the answer that streams it", "[http][stream]") {
  SimLoop loop;
  Router router;
  const auto echo = [](Body body) {
    return Response::stream([body](BodyWriter& out) mutable -> Task<> {
      for (;;) {
        const Result<std::string_view> piece = co_await body.read();
        if (piece.value().empty()) co_return;
        co_await out.write(*piece);
      }
    });
  };
  router.post("/plain", echo);
  router.post("/task", [echo](Body body) -> Task<Response> { co_return echo(body); });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    for (const std::string_view path : {"/plain", "/task"}) {
      ClientStream stream = co_await site.connect();
      const std::string line = "POST " + std::string{path};
      co_await send(stream, request(line, "Expect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n"));
      const std::string permission = co_await read_until(stream, "\r\n\r\n");
      CHECK(permission == "HTTP/1.1 100 Continue\r\n\r\n");
      co_await sleep_for(1ms);
      co_await send(stream, "body");
      const std::string answer = co_await read_to_end(stream);
      CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK(dechunk(body_of(answer)) == "body");
    }
  });
}

TEST_CASE("a middleware's stream that collects gets the body of a client that waits for permission", "[http][stream]") {
  SimLoop loop;
  Router router;
  router.use([](Request& request, Next) -> Task<Response> {
    co_return Response::stream([&request](BodyWriter& out) -> Task<> {
      const Result<void> collected = co_await request.collect();
      co_await out.write(collected ? request.body() : "none");
    });
  });
  router.post("/", [] { return "hello"; });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    for (int count = 0; count < 2; ++count) {  // and the connection goes on
      co_await send(stream, request("POST /", "Expect: 100-continue\r\nContent-Length: 4\r\n"));
      const std::string permission = co_await read_until(stream, "\r\n\r\n");
      CHECK(permission == "HTTP/1.1 100 Continue\r\n\r\n");
      const std::string head = co_await read_until(stream, "\r\n\r\n");
      CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
      CHECK(head.find("Connection: close") == std::string::npos);
      co_await send(stream, "body");
      const std::string rest = co_await read_until(stream, "0\r\n\r\n");
      CHECK(dechunk(rest) == "body");
    }
  });
}

TEST_CASE("a file that breaks off cuts the stream even if nobody minds", "[http][stream]") {
  SimLoop loop;
  loop.put_file("short", std::string(200'000, 'f'));
  loop.put_file("small", "few");
  Router router;
  const auto copied = [](BodyWriter& out) -> Task<> {
    Result<File> file = co_await File::open("small");
    try {
      co_await out.send_file(file.value(), 0, 10);
    } catch (const Failure&) {
    }
  };
  router.get("/small", [copied] { return Response::stream(copied); });
  const auto careless = [](BodyWriter& out) -> Task<> {
    Result<File> file = co_await File::open("short");
    try {
      co_await out.send_file(file.value(), 0, 250'000);
    } catch (const Failure&) {
      // not its business
    }
  };
  router.get("/chunks", [careless] { return Response::stream(careless); });
  router.get("/length", [careless] { return Response::stream(250'000, careless); });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    for (const std::string_view path : {"/chunks", "/length", "/small"}) {
      const std::string answer = co_await site.ask(request("GET " + std::string{path}) + request("GET /chunks"));
      CHECK(count(answer, "HTTP/1.1 ") == 1);
      CHECK(!answer.ends_with("0\r\n\r\n"));
    }
    co_await site.quiet();
  });
}

TEST_CASE("the write limits of a route hold for all of a stream", "[http][stream][limits]") {
  SimLoop loop;
  Router router;
  const auto large = [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      const std::string piece(10'000, 'x');
      for (int count = 0; count < 100; ++count) {
        co_await out.write(piece);
        co_await out.flush();
      }
    });
  };
  router.get("/patient", large, {.write_stall = 10min});
  router.get("/usual", large);
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    for (const std::string_view path : {"/patient", "/usual"}) {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET " + std::string{path}, close_after));
      std::string answer = co_await read_until(stream, "\r\n\r\n");
      std::byte buffer[1000];
      for (int count = 0; count < 100; ++count) {
        const Result<std::size_t> some = co_await stream.read(buffer);
        if (some) answer += as_text(Bytes{buffer, *some});
      }
      co_await sleep_for(5min);
      answer += co_await read_to_end(stream);
      CHECK(answer.ends_with("0\r\n\r\n") == (path == "/patient"));
    }
  });
}

TEST_CASE("a client that takes a file too slowly is cut after the write stall", "[http][stream][limits]") {
  SimOptions small;
  small.pipe_capacity = 4096;
  SimLoop loop{small};
  constexpr std::size_t size = 200'000;
  loop.put_file("large", std::string(size, 'f'));
  Router router;
  router.get("/", []() -> Task<Response> {
    Result<File> file = co_await File::open("large");
    co_return Response::file(std::move(file).value(), 0, size);
  });
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    for (const std::size_t rate : {std::size_t{0}, std::size_t{100}, std::size_t{1000}}) {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET /"));
      (void)co_await read_until(stream, "\r\n\r\n");
      std::size_t read = 0;
      const TimePoint start = loop.now();
      TimePoint open_until = start;
      std::byte buffer[1000];
      while (read < size && site.server.statistics().connections_open != 0) {
        open_until = loop.now();
        co_await sleep_for(1s);
        if (rate == 0) continue;
        const Result<std::size_t> some = co_await stream.read({buffer, rate});
        if (some) read += *some;
      }
      CAPTURE(rate);
      CHECK((read >= size) == (rate == 1000));
      // The first 4 KiB went out at once: they were enough for a part of the time.
      const bool more_at_once = over_h2() && over_tls();  // a whole record is taken for the head
      if (rate == 0) CHECK(open_until - start <= (more_at_once ? 60s : 30s));
      if (rate == 100) CHECK(open_until - start <= 60s);
      CHECK(open_until - start >= 29s);
      stream.close();
      co_await site.quiet();
    }
  });
}

TEST_CASE("a piece that no send can count is refused", "[http][stream]") {
  SimLoop loop;
  Router router;
  bool refused = false;
  router.get("/", [&refused] {
    return Response::stream([&refused](BodyWriter& out) -> Task<> {
      const std::string_view huge{"x", std::size_t{3} << 30};  // never looked at
      try {
        co_await out.write(huge);
      } catch (const Failure& failure) {
        refused = failure.error().code() == Errc::limit_exceeded;
      }
    });
  });
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    const std::string answer = co_await site.ask(request("GET /", close_after));
    CHECK(refused);
    CHECK(dechunk(body_of(answer)) == "");
  });
}
