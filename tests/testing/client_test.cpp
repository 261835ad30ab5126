#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

TEST_CASE("a client asks what the app answers, on every transport", "[testing]") {
  App app;
  app.get("/users/{id}", [](Path<int> id) { return "user " + std::to_string(*id); });
  const auto echo = [](Request& request) -> Task<Response> {
    co_return std::string{request.head().method_text()} + " " + std::string{request.header("content-type")} + " " +
        std::string{request.body()};
  };
  app.post("/echo", echo);
  app.put("/echo", echo);
  app.patch("/echo", echo);
  app.delete_("/echo", echo);
  run_everywhere(app, [](Client& client) -> Task<> {
    const Answer user = co_await client.get("/users/7");
    CHECK(user.status() == Status::ok);
    CHECK(user.body() == "user 7");
    CHECK(user.header("content-length") == "6");
    CHECK(user.keep_alive());
    const Answer head = co_await client.head("/users/7");
    CHECK(head.status() == Status::ok);
    CHECK(head.header("Content-Length") == "6");
    CHECK(head.body().empty());
    const Answer posted = co_await client.post("/echo", "2 tea");
    CHECK(posted.body() == "POST text/plain 2 tea");
    const Answer put = co_await client.put("/echo", "{}", "application/json");
    CHECK(put.body() == "PUT application/json {}");
    const Answer patched = co_await client.patch("/echo", "");
    CHECK(patched.body() == "PATCH text/plain ");
    const Answer deleted = co_await client.delete_("/echo");
    CHECK(deleted.body() == "DELETE  ");
    const Answer none = co_await client.get("/none");
    CHECK(none.status() == Status::not_found);
    const Answer options = co_await client.options("/echo");
    CHECK(options.status() == Status::no_content);
    CHECK(options.has_header("allow"));
  });
}

TEST_CASE("a request has the fields, chunks and trailers that the test gives it", "[testing]") {
  TestRequest get{Method::get, "/a"};
  CHECK(get.bytes("h") == "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  TestRequest own{"PURGE", "/a"};
  own.field("host", "other").field("X", "1");
  CHECK(own.bytes("h") == "PURGE /a HTTP/1.1\r\nhost: other\r\nX: 1\r\n\r\n");
  CHECK(own.method() == Method::other);
  TestRequest post{Method::post, "/a"};
  CHECK(post.bytes("h") == "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  post.chunk("abc").chunk("de").trailer("X-Sum", "5");
  CHECK(post.bytes("h") ==
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n");

  App app;
  app.post("/sum", [](Request& request) -> Task<Response> {
    co_return std::string{request.body()} + std::string{request.trailer("x-sum").value_or("none")};
  });
  run_everywhere(app, [](Client& client) -> Task<> {
    TestRequest request{Method::post, "/sum"};
    request.chunk("abc").chunk("de").trailer("X-Sum", "5");
    const Answer answer = co_await client.send(request);
    CHECK(answer.body() == "abcde5");
  });
}

TEST_CASE("a client keeps its connection, and opens it again when it is closed", "[testing]") {
  App app;
  app.get("/port", [](Request&) { return "here"; });
  app.post("/port", [](Request&) { return "there"; });
  Options options;
  options.server.limits.idle = 5s;
  const auto body = [](Client& client) -> Task<> {
    auto& loop = static_cast<SimLoop&>(client.loop());
    const std::size_t before = loop.open_descriptors();
    for (int round = 0; round < 3; ++round) {
      const Answer answer = co_await client.get("/port");
      CHECK(answer.body() == "here");
      CHECK(loop.open_descriptors() == before + 2);  // both ends of one connection
    }
    co_await sleep_for(5s);  // the instant in which the server closes it
    const Answer again = co_await client.get("/port");
    CHECK(again.body() == "here");
    co_await sleep_for(7s);
    const Answer much_later = co_await client.get("/port");
    CHECK(much_later.body() == "here");
    co_await sleep_for(7s);
    const Answer posted = co_await client.post("/port", "");
    CHECK(posted.body() == "there");
  };
  run_seeds(app, 20, body, options);
}

TEST_CASE("requests at one time have a connection each", "[testing]") {
  App app;
  app.get("/{word}", [](Path<std::string> word) -> Task<std::string> {
    co_await sleep_for(10ms);
    co_return *word;
  });
  run_everywhere(app, [](Client& client) -> Task<> {
    const auto [first, second] = co_await when_all(client.get("/a"), client.get("/b"));
    CHECK(first.body() == "a");
    CHECK(second.body() == "b");
  });
}

TEST_CASE("the time to an answer is exact in simulation", "[testing]") {
  App app;
  app.get("/", []() -> Task<Response> {
    co_await sleep_for(20ms);
    co_return Response::stream([](BodyWriter& out) -> Task<> {
      co_await sleep_for(1s);
      co_await out.write("late");
    });
  });
  run(app, [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/");
    CHECK(answer.elapsed() == 20ms);
    CHECK(answer.body() == "late");
    const TimePoint end = co_await now();
    CHECK(end == TimePoint{} + 1020ms);
  });
}

TEST_CASE("interim answers come with the final one", "[testing]") {
  App app;
  app.get("/", [](Request& request) -> Task<std::string> {
    Response hints{Status::early_hints};
    hints.add("Link", "</style.css>");
    request.inform(hints);
    co_await sleep_for(1ms);
    co_return "page";
  });
  run_everywhere(app, [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/");
    CHECK(answer.body() == "page");
    REQUIRE(answer.interim().size() == 1);
    CHECK(answer.interim()[0].header("link") == "</style.css>");
  });
}
