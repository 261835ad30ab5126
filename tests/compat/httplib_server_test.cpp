#include <gyre/compat/httplib.hpp>
#include <gyre/testing/testing.hpp>
#include <gyre/web/text.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

namespace httplib = gyre::compat::httplib;
using gyre::Method;
using gyre::Status;
using gyre::Task;
using gyre::testing::Answer;
using gyre::testing::Client;
using gyre::testing::run;
using gyre::testing::run_seeds;
using gyre::testing::TestRequest;

TEST_CASE("a handler of cpp-httplib answers", "[httplib]") {
  httplib::Server server;
  server.Get("/hi", [](const httplib::Request&, httplib::Response& res) { res.set_content("Hello", "text/plain"); });
  server.Get(R"(/numbers/(\d+))", [](const httplib::Request& req, httplib::Response& res) {
    auto numbers = req.matches[1];
    res.set_content(numbers, "text/plain");
  });
  server.Post("/echo", [](const httplib::Request& req, httplib::Response& res) {
    res.status = 201;
    res.set_content(req.body, req.get_header_value("Content-Type"));
  });
  run_seeds(server.app(), 5, [](Client& client) -> Task<> {
    const Answer hi = co_await client.get("/hi");
    CHECK(hi.status() == Status::ok);
    CHECK(hi.body() == "Hello");
    CHECK(hi.header("Content-Type") == "text/plain");
    const Answer number = co_await client.get("/numbers/42");
    CHECK(number.body() == "42");
    const Answer other = co_await client.get("/numbers/x");
    CHECK(other.status() == Status::not_found);
    CHECK(other.body().empty());
    const Answer echo = co_await client.post("/echo", "some text", "text/x");
    CHECK(echo.status() == Status::created);
    CHECK(echo.body() == "some text");
    CHECK(echo.header("content-type") == "text/x");
    const Answer head = co_await client.head("/hi");
    CHECK(head.header("content-length") == "5");
    CHECK(head.header("accept-ranges") == "bytes");
  });
}

TEST_CASE("routes are tried in the order of registration, and match whole paths", "[httplib]") {
  httplib::Server server;
  const auto say = [](const char* text) {
    return [text](const httplib::Request&, httplib::Response& res) { res.set_content(text, "text/plain"); };
  };
  server.Get("/a.*", say("any"));
  server.Get("/ab", say("never"));
  server.Get("/b", say("b"));
  run(server.app(), [](Client& client) -> Task<> {
    CHECK((co_await client.get("/ab")).body() == "any");
    CHECK((co_await client.get("/b")).body() == "b");
    CHECK((co_await client.get("/bb")).status() == Status::not_found);
  });
}

TEST_CASE("a pattern that RE2 does not compile names itself, the reason and the line", "[httplib]") {
  httplib::Server server;
  const auto nothing = [](const httplib::Request&, httplib::Response&) {};
  std::string text;
  try {
    server.Get(R"(/(a)\1)", nothing);
  } catch (const gyre::SetupError& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Contains("httplib_server_test.cpp:71: GET \"/(a)\\1\": RE2 does not compile"));
  CHECK_THROWS_AS(server.Post("/(?=x)", nothing), gyre::SetupError);
}

TEST_CASE("what a handler throws is a 500 with its text", "[httplib]") {
  httplib::Server server;
  server.Get("/throw", [](const httplib::Request&, httplib::Response&) { throw std::runtime_error{"bad\r\nluck"}; });
  server.Get("/what", [](const httplib::Request&, httplib::Response&) { throw 5; });
  run(server.app(), [](Client& client) -> Task<> {
    const Answer text = co_await client.get("/throw");
    CHECK(text.status() == Status::internal_server_error);
    CHECK(text.header("EXCEPTION_WHAT") == "bad\\r\\nluck");
    CHECK((co_await client.get("/what")).header("EXCEPTION_WHAT") == "UNKNOWN");
  });
}

TEST_CASE("native routes come first, and what they do not have goes on to the old ones", "[httplib]") {
  httplib::Server server;
  server.Get("/old", [](const httplib::Request&, httplib::Response& res) { res.set_content("old", "text/plain"); });
  server.Post("/both", [](const httplib::Request&, httplib::Response& res) { res.set_content("old", "text/plain"); });
  server.Get("/a/../b",
             [](const httplib::Request& req, httplib::Response& res) { res.set_content(req.path, "text/plain"); });
  server.app().get("/new", [] { return "new"; });
  server.app().get("/both", [] { return "new"; });
  run(server.app(), [](Client& client) -> Task<> {
    CHECK((co_await client.get("/new")).body() == "new");
    CHECK((co_await client.get("/old")).body() == "old");
    CHECK((co_await client.get("/both")).body() == "new");
    CHECK((co_await client.post("/both", "")).body() == "old");
    CHECK((co_await client.options("/new")).status() == Status::not_found);
    CHECK((co_await client.get("/a/../b")).body() == "/a/../b");
  });
}

TEST_CASE("a server can stand in for what an app does not have", "[httplib]") {
  gyre::App app;
  app.get("/new", [] { return "new"; });
  {
    httplib::Server server;
    server.Get("/old", [](const httplib::Request&, httplib::Response& res) { res.set_content("old", "text/plain"); });
    app.not_found(server.handler());
  }
  run(app, [](Client& client) -> Task<> {
    CHECK((co_await client.get("/new")).body() == "new");
    CHECK((co_await client.get("/old")).body() == "old");
    CHECK((co_await client.get("/none")).status() == Status::not_found);
  });
}
