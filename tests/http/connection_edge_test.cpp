// What the connection does where two things meet: found by the fuzz target `connection`.

#include "route_site.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

/// What a client heard, and whether the server ended its side cleanly behind it.
struct Heard {
  std::string bytes;
  bool clean = false;
};

Task<Heard> hear(ClientStream& stream) {
  Heard heard;
  std::byte buffer[4096];
  for (;;) {
    const Result<std::size_t> count = co_await stream.read(buffer);
    heard.clean = count.has_value();
    if (!count || *count == 0) co_return heard;
    heard.bytes += as_text(Bytes{buffer, *count});
  }
}

Response broken_stream() {
  return Response::stream([](BodyWriter& out) -> Task<> {
    co_await out.write("half");
    co_await sleep_for(5ms);
    throw 7;
  });
}

}  // namespace

TEST_CASE("a cut stream takes the answers behind it along", "[http][stream][http1]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.get("/broken", broken_stream);
    router.get("/plain", [] { return "plain"; });
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string answer =
          co_await site.ask(request("GET /broken") + request("GET /plain") + request("GET /plain"));
      CHECK(count(answer, "plain") == 0);
      co_await site.quiet();
    });
  });
}

TEST_CASE("an unwanted body that does not come is not waited for", "[http][body][limits]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    router.post("/unread", [](Body) -> Task<std::string> { co_return "unread"; });
    with_routes(loop, router, [&loop](RouteSite& site) -> Task<> {
      for (const char* path : {"POST /unread", "POST /nowhere"}) {
        const TimePoint start = loop.now();
        const std::string answer = co_await site.ask(request(path, "Content-Length: 50\r\n"));
        CHECK(count(answer, "HTTP/1.1 ") == 1);
        CHECK(loop.now() - start <= 10s);  // Limits::rate_grace
        co_await site.quiet();
      }
    });
  });
}

TEST_CASE("answers that wait for a stream do not stop it", "[http][stream][concurrency]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.get("/stream", [] {
      return Response::stream([](BodyWriter& out) -> Task<> {
        for (int count = 0; count < 3; ++count) {
          co_await sleep_for(5ms);
          co_await out.write("piece");
        }
      });
    });
    router.get("/large", [] { return std::string(300'000, 'l'); });  // more than Limits::output
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string answer = co_await site.ask(request("GET /stream") + request("GET /large") +
                                                   request("GET /large", "Connection: close\r\n"));
      CHECK(dechunk(body_of(answer)) == "piecepiecepiece");
      CHECK(answer.size() > 600'000);
    });
  });
}

TEST_CASE("a body is asked for before the head of the answer, or not at all", "[http][stream][body]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.post("/echo", [](Body body) {
      return Response::stream([body](BodyWriter& out) mutable -> Task<> {
        for (;;) {
          const Result<std::string_view> piece = co_await body.read();
          if (piece.value().empty()) co_return;
          co_await out.write(*piece);
        }
      });
    });
    router.post("/late",
                [](Body body) -> Task<std::string> {
                  bool late = false;
                  try {
                    co_await sleep_for(1h);
                  } catch (const Cancelled&) {
                    late = true;
                  }
                  if (late) (void)co_await body.read();
                  co_return "late";
                },
                {.handler = 5ms});
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      constexpr std::string_view expecting = "Content-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n";
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("POST /echo", expecting));
      const std::string asked = co_await read_until(stream, "\r\n\r\n");
      CHECK(asked == "HTTP/1.1 100 Continue\r\n\r\n");
      co_await send(stream, "body");
      const std::string answer = co_await read_to_end(stream);
      CHECK(dechunk(body_of(answer)) == "body");
      const std::string late = co_await site.ask(request("POST /late", expecting));
      CHECK(late.starts_with("HTTP/1.1 503 "));
      CHECK(count(late, "HTTP/1.1 ") == 1);
    });
  });
}

TEST_CASE("an answer that is cut does not end cleanly, whoever ends it", "[http][stream]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.get("/endless", [] {
      return Response::stream([](BodyWriter& out) -> Task<> {
        for (;;) {
          co_await out.write("more");
          co_await sleep_for(1ms);
        }
      });
    });
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      // The end of the connection is all that an HTTP/1.0 client has to know the end of the body by.
      ClientStream stream = co_await site.connect();
      co_await send(stream, "GET /endless HTTP/1.0\r\n\r\n");
      (void)co_await read_until(stream, "more");
      (void)co_await stream.finish();
      const Heard heard = co_await hear(stream);
      CHECK(!heard.clean);
    });
  });
}

TEST_CASE("an answer that the end of the grace cuts does not end cleanly", "[http][stop]") {
  SimLoop loop;
  Router router;
  router.get("/large", [] { return std::string(300'000, 'l'); });
  Heard heard;
  loop.run([](Loop& on, Router& routes, Heard& into) -> Task<> {
    Server server{on, routes};
    Listener listener{on};
    listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
    ClientStream stream = co_await connect_in_the_clear(listener.endpoint());
    Result<Stream> accepted = co_await listener.accept();
    co_await listener.close();
    server.serve(std::move(accepted).value());
    co_await send(stream, request("GET /large"));
    co_await sleep_for(1ms);
    co_await server.stop(0s);
    into = co_await hear(stream);
  }(loop, router, heard));
  CHECK(heard.bytes.size() < 300'000);
  CHECK(!heard.clean);
}

TEST_CASE("a stop waits for no connection that became idle meanwhile", "[http][stop]") {
  for (const auto grace : {0s, 30s}) {
    SimLoop loop;
    Router router;
    router.get("/late",
               []() -> Task<std::string> {
                 // Cannot be stopped, as a task that waits for `offload`.
                 for (int step = 0; step < 3; ++step) {
                   Context own{Loop::of(co_await this_context())};
                   auto sleeping = [](Duration length) -> Task<> { co_await sleep_for(length); }(100ms);
                   gyre::detail::InContext<void> waiting{own, sleeping};
                   co_await waiting;
                 }
                 co_return "late";
               },
               {.handler = 50ms});
    loop.run([](Loop& on, Router& routes, Duration patience) -> Task<> {
      Server server{on, routes};
      Listener listener{on};
      listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
      ClientStream stream = co_await connect_in_the_clear(listener.endpoint());
      Result<Stream> accepted = co_await listener.accept();
      co_await listener.close();
      server.serve(std::move(accepted).value());
      co_await send(stream, request("GET /late"));
      co_await sleep_for(100ms);  // answered, and still at work
      const TimePoint start = on.now();
      co_await server.stop(patience);
      // Over HTTP/2 it is told, and has the time of `Limits::linger` to go.
      CHECK(on.now() - start <= (over_h2() ? 2200ms : 200ms));
    }(loop, router, grace));
  }
}

TEST_CASE("the task of a streamed answer finds its request whole", "[http][stream][body]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.post("/", [](Request& request) {
      Response response = Response::stream([&request](BodyWriter& out) -> Task<> {
        co_await sleep_for(5ms);
        co_await out.write(request.body());
        co_await out.write(request.header("X-Mark"));
      });
      response.set_content_type(request.header("Accept"));
      return response;
    });
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string text = request("POST /", "Content-Length: 4\r\nX-Mark: mark\r\nAccept: a/b\r\n", "body");
      for (const std::size_t cut : {text.size(), std::size_t{20}}) {
        ClientStream stream = co_await site.connect();
        co_await send(stream, text.substr(0, cut));
        co_await sleep_for(1ms);
        if (cut < text.size()) co_await send(stream, text.substr(cut));
        const std::string answer = co_await read_until(stream, "0\r\n\r\n");
        CHECK(count(answer, "Content-Type: a/b\r\n") == 1);
        CHECK(dechunk(body_of(answer)) == "bodymark");
      }
    });
  });
}

TEST_CASE("more unwanted bodies at once than exchanges are kept", "[http][body]") {
  SimLoop loop;
  Router router;
  router.post("/", [](Body) { return "unread"; });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    std::vector<ClientStream> streams;
    for (int number = 0; number < 1100; ++number) {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("POST /", "Content-Length: 4\r\n"));
      streams.push_back(std::move(stream));
    }
    co_await sleep_for(1ms);
    for (ClientStream& stream : streams) co_await send(stream, "body");
    co_await sleep_for(1ms);
    for (ClientStream& stream : streams) (void)co_await stream.finish();
    for (ClientStream& stream : streams) {
      const std::string answer = co_await read_to_end(stream);
      if (!answer.ends_with("unread")) FAIL_CHECK(answer);
    }
    co_await site.quiet();
  });
}

TEST_CASE("the answer to an upgrade that was not offered says if it is the last", "[http][upgrade][http1]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.get("/", [] { return Response::upgrade("echo", [](Stream, std::string) -> Task<> { co_return; }); });
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string answer = co_await site.ask(request("GET /") + request("GET /", "Connection: close\r\n"));
      CHECK(count(answer, "HTTP/1.1 426 ") == 2);
      CHECK(count(answer, "Connection: upgrade\r\n") == 1);
      CHECK(count(answer, "Connection: close\r\n") == 1);
    });
  });
}

TEST_CASE("a hang-up that crosses the end of a pause drops nothing that was sent before it", "[http][limits][http1]") {
  for (const std::uint64_t seed : loop_test::seeds(100)) {
    INFO("GYRE_SEED=" << seed);
    SimLoop loop{{.seed = seed, .pipe_capacity = 1 << 16, .split_chunks = true}};
    Router router;
    router.get("/wait", []() -> Task<std::string> {
      co_await sleep_for(50ms);
      co_return "waited";
    });
    router.get("/plain", [] { return "plain"; });
    ServerOptions options;
    options.limits.read_ahead = 64;
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          std::string text = request("GET /wait");
          for (int number = 0; number < 40; ++number) text += request("GET /plain");
          co_await send(stream, text);
          co_await sleep_for(50ms);  // the handler ends in the same instant
          (void)co_await stream.finish();
          const std::string answers = co_await read_to_end(stream);
          // Either the client has left its handler, or it gets everything.
          const std::size_t plain = count(answers, "\r\n\r\nplain");
          if (plain != 0 && plain != 40) FAIL_CHECK(plain);
        },
        options);
  }
}

TEST_CASE("a streamed answer of a plain handler keeps other requests back, as any",
          "[http][stream][concurrency][http1]") {
  SimLoop loop;
  Router router;
  std::string order;
  const auto streamed = [&order] {
    return Response::stream([&order](BodyWriter& out) -> Task<> {
      co_await sleep_for(5ms);
      order += "streamed ";
      co_await out.write("streamed");
    });
  };
  router.post("/", streamed);
  router.get("/", streamed);
  router.get("/next", [&order] {
    order += "next ";
    return "next";
  });
  with_routes(loop, router, [&order](RouteSite& site) -> Task<> {
    const std::string closing = request("GET /", "Connection: close\r\n");
    const std::string answer =
        co_await site.ask(request("POST /") + request("GET /next") + closing + request("GET /next"));
    CHECK(count(answer, "HTTP/1.1 200 OK\r\n") == 3);
    CHECK(order == "streamed next streamed ");
  });
}

TEST_CASE("a HEAD request that is refused gets no body either", "[http][http1]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    router.get("/", [] { return "plain"; });
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string unmet = co_await site.ask("HEAD / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n");
      CHECK(unmet.starts_with("HTTP/1.1 417 "));
      CHECK(unmet.ends_with("\r\n\r\n"));
      const std::string bad = co_await site.ask("HEAD / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n");
      CHECK(bad.starts_with("HTTP/1.1 400 "));
      CHECK(bad.ends_with("\r\n\r\n"));
      const std::string get = co_await site.ask("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n");
      CHECK(get.ends_with("}"));
    });
  });
}

TEST_CASE("an answer's own Server field is the only one", "[http][http1]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    router.get("/own", [] { return Response{"own"}.with("server", "other/1"); });
    router.get("/set", [] {
      Response response{"set"};
      response.set("Server", "first").set("Server", "second");
      return response;
    });
    router.get("/taken", [] {
      Response response{"taken"};
      response.add("Server", "first").add("x", "y").remove("server");
      return response;
    });
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string own = co_await site.ask(request("GET /own"));
      CHECK(count(own, "erver: ") == 1);
      CHECK(count(own, "other/1") == 1);
      const std::string set = co_await site.ask(request("GET /set"));
      CHECK(count(set, "erver: ") == 1);
      CHECK(count(set, "second") == 1);
      const std::string taken = co_await site.ask(request("GET /taken"));
      CHECK(count(taken, "erver: ") == 1);
      CHECK(count(taken, "first") == 0);
    });
  });
}
