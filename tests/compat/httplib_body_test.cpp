#include <gyre/compat/httplib.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <utility>

namespace httplib = gyre::compat::httplib;
using gyre::Method;
using gyre::Status;
using gyre::Task;
using gyre::testing::Answer;
using gyre::testing::Client;
using gyre::testing::Connection;
using gyre::testing::run;
using gyre::testing::run_seeds;
using gyre::testing::TestRequest;
using namespace std::chrono_literals;

namespace {

/// Posts a megabyte with a second between its halves.
Task<Answer> post_slowly(Client& client, std::string target) {
  Connection connection = co_await client.connect();
  const std::string half(500'000, 'x');
  co_await connection.write("POST " + target + " HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
  co_await connection.write(half);
  co_await gyre::sleep_for(1s);
  co_await connection.write(half);
  Answer answer = co_await connection.read_answer(Method::post);
  co_return answer;
}

}  // namespace

TEST_CASE("a large body reaches a handler, and a reader in pieces", "[httplib]") {
  httplib::Server server;
  server.Post("/whole", [](const httplib::Request& req, httplib::Response& res) {
    res.set_content(std::to_string(req.body.size()), "text/plain");
  });
  server.Post("/read", [](const httplib::Request&, httplib::Response& res, const httplib::ContentReader& reader) {
    std::size_t size = 0;
    std::size_t pieces = 0;
    const bool good = reader([&](const char*, std::size_t length) {
      size += length;
      ++pieces;
      return true;
    });
    CHECK(good);
    CHECK(pieces > 1);
    res.set_content(std::to_string(size), "text/plain");
  });
  run_seeds(server.app(), 3, [](Client& client) -> Task<> {
    for (const char* target : {"/whole", "/read"}) {
      const Answer answer = co_await post_slowly(client, target);
      CHECK(answer.body() == "1000000");
    }
  });
}

TEST_CASE("a body beyond the limit is refused, for a reader in the middle of it", "[httplib]") {
  httplib::Server server;
  server.set_payload_max_length(100);
  std::string result;
  server.Post("/whole", [&](const httplib::Request&, httplib::Response&) { result = "called"; });
  server.Post("/read", [&](const httplib::Request&, httplib::Response&, const httplib::ContentReader& reader) {
    result = reader([](const char*, std::size_t) { return true; }) ? "read" : "refused";
  });
  run(server.app(), [&](Client& client) -> Task<> {
    for (const char* target : {"/whole", "/read"}) {
      const bool read = std::string_view{target} == "/read";
      const Answer most = co_await client.post(target, std::string(100, 'x'));
      CHECK(most.status() == Status::ok);
      CHECK(result == (read ? "read" : "called"));
      result.clear();
      const Answer more = co_await client.post(target, std::string(101, 'x'));
      CHECK(more.status() == Status::content_too_large);
      CHECK(result == (read ? "refused" : ""));
      TestRequest chunks{Method::post, target};
      for (int i = 0; i < 3; ++i) chunks.chunk(std::string(50, 'y'));
      CHECK((co_await client.send(chunks)).status() == Status::content_too_large);
    }
  });
}

TEST_CASE("a handler whose client leaves in its body ends in order", "[httplib]") {
  httplib::Server server;
  std::string result;
  server.Post("/read", [&](const httplib::Request&, httplib::Response& res, const httplib::ContentReader& reader) {
    result = reader([](const char*, std::size_t) { return true; }) ? "read" : "left";
    CHECK(res.status == 400);
  });
  run_seeds(server.app(), 5, [&](Client& client) -> Task<> {
    result.clear();
    Connection connection = co_await client.connect();
    co_await connection.write("POST /read HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nsome");
    co_await gyre::sleep_for(1s);
    connection.reset();
    co_await gyre::sleep_for(1s);
    CHECK(result == "left");
  });
}

TEST_CASE("a handler whose client has left runs to its end", "[httplib]") {
  httplib::Server server;
  int answered = 0;
  server.Get("/count", [&](const httplib::Request&, httplib::Response&) { ++answered; });
  run(server.app(), [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("GET /count HTTP/1.1\r\nHost: test\r\n\r\n");
    connection.close();
    co_await gyre::sleep_for(1s);
    CHECK(answered == 1);
  });
}

TEST_CASE("hooks are called in the order of cpp-httplib", "[httplib]") {
  httplib::Server server;
  std::string order;
  using HandlerResponse = httplib::Server::HandlerResponse;
  server.set_pre_routing_handler([&](const httplib::Request& req, httplib::Response&) {
    order += "before ";
    return req.path == "/early" ? HandlerResponse::Handled : HandlerResponse::Unhandled;
  });
  server.set_post_routing_handler([&](const httplib::Request&, httplib::Response&) { order += "after "; });
  server.set_error_handler(
      httplib::Server::Handler{[&](const httplib::Request&, httplib::Response&) { order += "error "; }});
  server.set_logger(
      [&](const httplib::Request&, const httplib::Response& res) { order += "log" + std::to_string(res.status); });
  server.Post("/go", [&](const httplib::Request& req, httplib::Response&) { order += req.body + " "; });
  run(server.app(), [&](Client& client) -> Task<> {
    (void)co_await client.post("/go", "handler");
    CHECK(std::exchange(order, {}) == "before handler after log200");
    (void)co_await client.post("/none", "");
    CHECK(std::exchange(order, {}) == "before error after log404");
    (void)co_await client.get("/early");
    CHECK(std::exchange(order, {}) == "before after log200");
  });
}

TEST_CASE("a client that waits for 100 gets it when its body is read, or 417", "[httplib]") {
  httplib::Server server;
  server.Post("/go",
              [](const httplib::Request& req, httplib::Response& res) { res.set_content(req.body, "text/plain"); });
  server.set_expect_100_continue_handler(
      [](const httplib::Request& req, httplib::Response&) { return req.path == "/go" ? 100 : 417; });
  run(server.app(), [](Client& client) -> Task<> {
    Connection good = co_await client.connect();
    const std::string head = " HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    co_await good.write("POST /go" + head);
    const std::string interim = co_await good.read_some(25);
    CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
    co_await good.write("body");
    const Answer answer = co_await good.read_answer(Method::post);
    CHECK(answer.body() == "body");
    Connection bad = co_await client.connect();
    co_await bad.write("POST /bad" + head);
    const Answer refused = co_await bad.read_answer(Method::post);
    CHECK(refused.status() == Status::expectation_failed);
    CHECK(refused.interim().empty());
  });
}

TEST_CASE("the addresses of a connection are a client's fields", "[httplib]") {
  httplib::Server server;
  server.Get("/who", [](const httplib::Request& req, httplib::Response& res) {
    CHECK(req.get_header_value("REMOTE_PORT") == std::to_string(req.remote_port));
    CHECK(req.get_header_value("LOCAL_PORT") == std::to_string(req.local_port));
    CHECK(req.local_port > 0);
    res.set_content(req.get_header_value("remote_addr") + " " + req.get_header_value("LOCAL_ADDR"), "text/plain");
  });
  run(server.app(), [](Client& client) -> Task<> {
    const std::string host = client.endpoint().host();
    TestRequest request{Method::get, "/who"};
    request.field("Remote_Addr", "10.0.0.1");
    const Answer answer = co_await client.send(request);
    CHECK_THAT(answer.body(), Catch::EndsWith(" " + host) && !Catch::Contains("10.0.0.1"));
  });
}

TEST_CASE("it works over HTTP/2, too", "[httplib]") {
  httplib::Server server;
  server.Post("/go(.*)", [](const httplib::Request& req, httplib::Response& res) {
    res.set_header("X-Version", req.version);
    res.set_content(req.get_header_value("Host") + " " + req.body, "text/plain");
  });
  const gyre::testing::Options options{.protocol = gyre::testing::Protocol::http_2};
  run(
      server.app(),
      [](Client& client) -> Task<> {
        TestRequest request{Method::post, "/go"};
        request.field("Host", "example.org").body("text");
        const Answer answer = co_await client.send(request);
        CHECK(answer.body() == "example.org text");
        TestRequest large{Method::post, "/go"};
        large.body(std::string(500'000, 'x'));
        const Answer echo = co_await client.send(large);
        CHECK(echo.body().size() > 500'000);
      },
      options);
}
