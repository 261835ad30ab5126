#include "route_site.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;

namespace {

constexpr std::string_view close_after = "Connection: close\r\n";

/// Bytes that are nowhere equal to a shifted copy of themselves.
std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : text) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<char>(state >> 24);
  }
  return text;
}

/// A router with one route for GET /.
template <class Handler>
Router& only(Router& router, Handler handler) {
  router.get("/", std::move(handler));
  return router;
}

Response count_to_three() {
  return Response::stream([](BodyWriter& out) -> Task<> {
    for (const char* piece : {"one ", "two ", "three"}) {
      co_await out.write(piece);
      co_await sleep_for(10ms);
    }
  });
}

Generator<std::string> numbers(int count) {
  for (int number = 0; number < count; ++number) {
    co_await sleep_for(1ms);
    co_yield std::to_string(number) + ";";
  }
}

}  // namespace

TEST_CASE("a streamed answer leaves as it is written", "[http][stream]") {
  for_each_loop([](Loop& loop) {
    Router router;
    with_routes(loop, only(router, count_to_three), [](RouteSite& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET /"));
      const std::string first = co_await read_until(stream, "one \r\n");
      CHECK(count(first, "Transfer-Encoding: chunked\r\n") == 1);
      CHECK(count(first, "Content-Length") == 0);
      CHECK(body_of(first) == "4\r\none \r\n");
      const std::string rest = co_await read_until(stream, "0\r\n\r\n");
      CHECK(rest == "4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n");
      co_await send(stream, request("GET /", close_after));
      const std::string again = co_await read_to_end(stream);
      CHECK(dechunk(body_of(again)) == "one two three");
    });
  });
}

TEST_CASE("without chunks a stream has a length, or the end of the connection", "[http][stream]") {
  SimLoop loop;
  Router router;
  router.get("/known", [] {
    return Response::stream(6, [](BodyWriter& out) -> Task<> {
      co_await out.write("abc");
      co_await out.write("");
      co_await out.write("def");
    });
  });
  router.get("/unknown", count_to_three);
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    const std::string known = co_await site.ask(request("GET /known", close_after));
    CHECK(count(known, "Content-Length: 6\r\n") == 1);
    CHECK(body_of(known) == "abcdef");
    if (over_h2()) co_return;
    const std::string old = co_await site.ask("GET /unknown HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(count(old, "Transfer-Encoding") + count(old, "Content-Length") == 0);
    CHECK(count(old, "Connection: close\r\n") == 1);
    CHECK(body_of(old) == "one two three");
  });
}

TEST_CASE("where an answer has no body its stream is not asked for one", "[http][stream]") {
  SimLoop loop;
  Router router;
  int written = 0;
  const auto produce = [&written](BodyWriter& out) -> Task<> {
    ++written;
    co_await out.write("never");
  };
  router.get("/", [&] { return Response::stream(produce); });
  router.get("/length", [&] { return Response::stream(5, produce); });
  router.get("/unmodified", [&] {
    Response response = Response::stream(produce);
    response.set_status(Status::not_modified);
    return response;
  });
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    const std::string answer =
        co_await site.ask(request("HEAD /") + request("HEAD /length") + request("GET /unmodified", close_after));
    CHECK(count(answer, "HTTP/1.1 ") == 3);
    CHECK(count(answer, "Transfer-Encoding: chunked\r\n") == 1);
    CHECK(count(answer, "Content-Length: 5\r\n") == 1);
    CHECK(answer.ends_with("\r\n\r\n"));
    CHECK(written == 0);
  });
}

TEST_CASE("a failure behind the head cuts the stream", "[http][stream]") {
  for_each_loop([](Loop& loop) {
    Router router;
    int reported = 0;
    router.on_error([&reported](const ErrorReport&) { ++reported; });
    router.get("/throw", [] {
      return Response::stream([](BodyWriter& out) -> Task<> {
        co_await out.write("half");
        co_await out.flush();
        throw 7;
      });
    });
    router.get("/short",
               [] { return Response::stream(10, [](BodyWriter& out) -> Task<> { co_await out.write("half"); }); });
    router.get("/long",
               [] { return Response::stream(3, [](BodyWriter& out) -> Task<> { co_await out.write("half"); }); });
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      const std::string thrown = co_await site.ask(request("GET /throw"));
      CHECK(!dechunk(body_of(thrown)));
      // An HTTP/1.0 client knows the end by the connection's: that must not be a clean one.
      ClientStream old = co_await site.connect();
      co_await send(old, "GET /throw HTTP/1.0\r\n\r\n");
      std::byte buffer[4096];
      for (bool open = true; open;) {
        const Result<std::size_t> got = co_await old.read(buffer);
        if (!got) CHECK(got.error() == Errc::connection_reset);
        CHECK((!got || *got != 0));
        open = got.has_value() && *got != 0;
      }
      const std::string too_short = co_await site.ask(request("GET /short"));
      CHECK(body_of(too_short).size() < 10);
      const std::string too_long = co_await site.ask(request("GET /long"));
      CHECK(body_of(too_long).size() < 3);
      CHECK(reported == 3);
      old.close();
      co_await site.quiet();
    });
  });
}

TEST_CASE("who writes faster than the client reads waits", "[http][stream][limits]") {
  for_each_loop([](Loop& loop) {
    Router router;
    std::size_t written = 0;
    only(router, [&written] {
      return Response::stream([&written](BodyWriter& out) -> Task<> {
        const std::string piece(10'000, 'p');
        for (int count = 0; count < 3000; ++count) {
          co_await out.write(piece);
          written += piece.size();
        }
      });
    });
    with_routes(loop, router, [&written](RouteSite& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET /", close_after));
      co_await sleep_for(50ms);
      CHECK(written < 29'000'000);
      const std::string answer = co_await read_to_end(stream);
      CHECK(dechunk(body_of(answer)).value_or("").size() == 30'000'000);
    });
  });
}

TEST_CASE("a client that leaves cancels who writes for it", "[http][stream][cancel]") {
  for_each_loop([](Loop& loop) {
    Router router;
    bool cancelled = false;
    only(router, [&cancelled] {
      return Response::stream([&cancelled](BodyWriter& out) -> Task<> {
        try {
          for (;;) {
            co_await out.write("tick");
            co_await sleep_for(1ms);
          }
        } catch (const Cancelled&) {
          cancelled = true;
          throw;
        }
      });
    });
    with_routes(loop, router, [&cancelled](RouteSite& site) -> Task<> {
      {
        ClientStream stream = co_await site.connect();
        co_await send(stream, request("GET /"));
        (void)co_await read_until(stream, "tick");
      }
      co_await site.quiet();
      CHECK(cancelled);
    });
  });
}

TEST_CASE("an upload can be answered while it arrives", "[http][stream][body]") {
  for_each_loop([](Loop& loop) {
    Router router;
    router.post("/",
                [](Body body) {
                  return Response::stream([body](BodyWriter& out) mutable -> Task<> {
                    for (;;) {
                      const Result<std::string_view> piece = co_await body.read();
                      if (piece.value().empty()) co_return;
                      co_await out.write(*piece);
                    }
                  });
                },
                {.body = 100'000'000});
    with_routes(loop, router, [](RouteSite& site) -> Task<> {
      const std::string bytes = pattern(3'000'000);
      ClientStream stream = co_await site.connect();
      Context& context = co_await this_context();
      Scope scope{context};
      const std::string all = request("POST /", "Content-Length: 3000000\r\nConnection: close\r\n", bytes);
      scope.spawn([](ClientStream& to, const std::string& text) -> Task<> { co_await send(to, text); },
                  std::ref(stream), std::ref(all));
      const std::string answer = co_await read_to_end(stream);
      co_await scope.join();
      CHECK((dechunk(body_of(answer)) == bytes));
    });
  });
}

TEST_CASE("a generator's values become the body", "[http][stream]") {
  SimLoop loop;
  Router router;
  with_routes(loop, only(router, [] { return Response::generate(numbers(5)); }), [](RouteSite& site) -> Task<> {
    const std::string answer = co_await site.ask(request("GET /", close_after));
    CHECK(dechunk(body_of(answer)) == "0;1;2;3;4;");
    CHECK(count(answer, "2\r\n") == 5);
  });
}

TEST_CASE("trailers follow a chunked body and nothing else", "[http][stream]") {
  SimLoop loop;
  Router router;
  std::string refused;
  only(router, [&refused] {
    return Response::stream([&refused](BodyWriter& out) -> Task<> {
      co_await out.write("abc");
      out.add_trailer("X-Sum", "3");
      for (const auto& [name, value] : {std::pair{"Content-Length", "3"}, {"X-Bad", "a\r\nb"}, {"bad name", "x"}}) {
        try {
          out.add_trailer(name, value);
        } catch (const Failure&) {
          refused += name;
        }
      }
    });
  });
  with_routes(loop, router, [&refused](RouteSite& site) -> Task<> {
    const std::string answer = co_await site.ask(request("GET /", close_after));
    CHECK(body_of(answer) == "3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n");
    CHECK(refused == "Content-LengthX-Badbad name");
    if (over_h2()) co_return;
    const std::string old = co_await site.ask("GET / HTTP/1.0\r\n\r\n");
    CHECK(body_of(old) == "abc");
  });
}

TEST_CASE("interim answers go ahead of the real one", "[http][stream]") {
  SimLoop loop;
  Router router;
  std::string sent;
  only(router, [&sent](Request& request) -> Task<std::string> {
    Response hints{Status::early_hints};
    hints.add("Link", "</style.css>; rel=preload");
    sent += request.inform(hints) ? 'y' : 'n';
    sent += request.inform(Status::continue_) ? 'y' : 'n';
    sent += request.inform(Status::ok) ? 'y' : 'n';
    co_return "page";
  });
  with_routes(loop, router, [&sent](RouteSite& site) -> Task<> {
    const std::string answer = co_await site.ask(request("GET /", close_after));
    CHECK(answer.starts_with("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n"));
    if (over_h2()) co_return;
    const std::string old = co_await site.ask("GET / HTTP/1.0\r\n\r\n");
    CHECK(old.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(sent == "ynnnnn");
  });
}

TEST_CASE("files are answers, small ones and large ones", "[http][stream][file]") {
  SimLoop loop;
  const std::string text = pattern(700'000);
  loop.put_file("/data", text);
  Router router;
  router.get("/{from}/{size}", [](Path<std::uint64_t> from, Path<std::uint64_t> size) -> Task<Response> {
    Result<File> file = co_await File::open("/data");
    co_return Response::file(std::move(file).value(), *from, *size);
  });
  router.get("/chunked", [](Request&) -> Task<Response> {
    Result<File> opened = co_await File::open("/data");
    auto file = std::make_shared<File>(std::move(opened).value());
    co_return Response::stream([file](BodyWriter& out) -> Task<> {
      co_await out.write("<");
      co_await out.send_file(*file, 0, 300'000);
      co_await out.write(">");
    });
  });
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    const std::string whole = co_await site.ask(request("GET /0/700000") + request("GET /5/10", close_after));
    CHECK((whole.find("\r\n\r\n" + text + "HTTP/1.1 200 OK\r\n") != std::string::npos));
    CHECK(whole.ends_with("\r\n\r\n" + text.substr(5, 10)));
    const std::string in_chunks = co_await site.ask(request("GET /chunked", close_after));
    CHECK((dechunk(body_of(in_chunks)) == "<" + text.substr(0, 300'000) + ">"));
    // Shorter than promised: never a clean end.
    for (const std::string_view path : {"/699990/20", "/100000/700000"}) {
      const std::string cut = co_await site.ask(request("GET " + std::string{path}));
      CHECK(count(cut, "HTTP/1.1 200 OK\r\n") <= 1);
      CHECK(body_of(cut).size() <= 600'000);
    }
    co_await site.quiet();
  });
}
