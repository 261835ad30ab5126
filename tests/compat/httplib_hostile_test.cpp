#include <gyre/compat/httplib.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

#include <sys/resource.h>

namespace httplib = gyre::compat::httplib;
using gyre::Method;
using gyre::Status;
using gyre::Task;
using gyre::testing::Answer;
using gyre::testing::Client;
using gyre::testing::Connection;
using gyre::testing::run;
using gyre::testing::TestRequest;

namespace {

/// A directory with "public/page.html" and, beside it, "secret".
class Files {
 public:
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "gyre-httplib-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root_ = name;
    std::filesystem::create_directory(root_ / "public");
    std::ofstream{root_ / "public" / "page.html"} << "page";
    std::ofstream{root_ / "secret"} << "secret";
  }
  ~Files() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  std::string published() const { return (root_ / "public").string(); }

 private:
  std::filesystem::path root_;
};

/// The process has no descriptors left, for as long as this lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

Task<std::string> raw_get(Client& client, std::string target) {
  Connection connection = co_await client.connect();
  co_await connection.write("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  std::string all = co_await connection.read_until_end();
  co_return all;
}

}  // namespace

TEST_CASE("nothing outside of a mounted directory is served", "[httplib]") {
  const Files files;
  httplib::Server server;
  REQUIRE(server.set_mount_point("/files", files.published()));
  run(server.app(), [](Client& client) -> Task<> {
    CHECK((co_await client.get("/files/page.html")).body() == "page");
    for (const char* target :
         {"/files/../secret", "/files/%2e%2e/secret", "/files/..%2fsecret", "/files/%2e%2e%2fsecret",
          "/files/./../secret", "/files//../secret", "/files/x/../../secret", "/files/%u002e%u002e/secret",
          "/files../secret", "/files%2f..%2f..%2fsecret", "/files/page.html%00", "/files/page.html%00.png",
          "/files/%2fetc/passwd", "/files//etc/passwd", "/files/.."}) {
      const std::string answer = co_await raw_get(client, target);
      INFO(target);
      CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 404") || Catch::StartsWith("HTTP/1.1 400"));
      CHECK_THAT(answer, !Catch::Contains("secret") && !Catch::Contains("root:"));
    }
  });
}

TEST_CASE("a file that cannot be opened is not an empty one", "[httplib]") {
  const Files files;
  httplib::Server server;
  std::optional<NoDescriptors> none;
  REQUIRE(server.set_mount_point("/files", files.published()));
  server.set_pre_routing_handler([&](const httplib::Request&, httplib::Response&) {
    none.emplace();
    return httplib::Server::HandlerResponse::Unhandled;
  });
  server.set_post_routing_handler([&](const httplib::Request&, httplib::Response&) { none.reset(); });
  run(server.app(), [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/files/page.html");
    CHECK(answer.status() == Status::internal_server_error);
  });
}

TEST_CASE("fields of a handler do not become more than fields", "[httplib]") {
  httplib::Server server;
  server.Get("/fields", [](const httplib::Request&, httplib::Response& res) {
    res.set_header("X-Set", "a\r\nX-Evil: 1");
    res.set_header("X-Set\r\nX-Evil", "1");
    res.headers.emplace("X-Direct", "a\r\nX-Evil: 1");
    res.headers.emplace("X-Direct\r\nX-Evil", "1");
    res.headers.emplace("X-Direct", "a\nX-Evil: 1");
    res.headers.emplace("X-Direct", std::string("a\0b", 3));
    res.headers.emplace("", "nameless");
    res.headers.emplace("Content-Type", "text/plain\r\nX-Evil: 1");
    res.headers.emplace("Content-Length", "1");
    res.headers.emplace("transfer-encoding", "chunked");
    res.body = "body";
  });
  server.Get("/redirect",
             [](const httplib::Request&, httplib::Response& res) { res.set_redirect("/a\r\nX-Evil: 1", 302); });
  server.Get("/(-?[0-9]+)", [](const httplib::Request& req, httplib::Response& res) {
    res.status = std::stoi(req.matches[1]);
    res.set_content("body", "text/plain");
  });
  run(server.app(), [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/fields");
    CHECK(answer.body() == "body");
    CHECK(answer.header("content-length") == "4");
    CHECK_FALSE(answer.has_header("x-evil"));
    CHECK_FALSE(answer.has_header("x-set"));
    CHECK_FALSE(answer.has_header("x-direct"));
    CHECK_FALSE(answer.has_header("transfer-encoding"));
    const Answer redirect = co_await client.get("/redirect");
    CHECK_FALSE(redirect.has_header("x-evil"));
    CHECK_FALSE(redirect.has_header("location"));
    for (const char* status : {"/0", "/100", "/101", "/199", "/-5", "/1000", "/65736"}) {
      CHECK((co_await client.get(status)).status() == Status::internal_server_error);
    }
    for (const char* status : {"/204", "/304"}) CHECK((co_await client.get(status)).body().empty());
  });
}

TEST_CASE("what any hook throws costs one answer", "[httplib]") {
  using HandlerResponse = httplib::Server::HandlerResponse;
  for (const std::string thrower : {"pre", "post", "error", "exception", "expect", "log", "file", "reader", "what"}) {
    INFO(thrower);
    const Files files;
    httplib::Server server;
    server.app().on_log([](const gyre::LogRecord&) {});
    bool throws = true;
    const auto perhaps = [&](std::string_view who) {
      if (throws && thrower == who) throw 5;
    };
    REQUIRE(server.set_mount_point("/files", files.published()));
    server.set_file_request_handler([&](const httplib::Request&, httplib::Response&) { perhaps("file"); });
    server.set_pre_routing_handler([&](const httplib::Request&, httplib::Response&) {
      perhaps("pre");
      return HandlerResponse::Unhandled;
    });
    server.set_post_routing_handler([&](const httplib::Request&, httplib::Response&) { perhaps("post"); });
    server.set_error_handler(
        httplib::Server::Handler{[&](const httplib::Request&, httplib::Response&) { perhaps("error"); }});
    if (thrower == "exception") {
      server.set_exception_handler(
          [&](const httplib::Request&, httplib::Response&, std::exception_ptr) { perhaps("exception"); });
    }
    server.set_expect_100_continue_handler([&](const httplib::Request&, httplib::Response&) {
      perhaps("expect");
      return 100;
    });
    server.set_logger([&](const httplib::Request&, const httplib::Response&) { perhaps("log"); });
    server.Post("/go", [&](const httplib::Request&, httplib::Response& res, const httplib::ContentReader& reader) {
      reader([&](const char*, std::size_t) {
        perhaps("reader");
        return true;
      });
      if (throws && (thrower == "exception" || thrower == "what" || thrower == "error")) {
        throw std::runtime_error{"what\r\nX-Evil: 1"};
      }
      res.set_content("done", "text/plain");
    });
    run(server.app(), [&](Client& client) -> Task<> {
      for (const bool bad : {true, false}) {
        throws = bad;
        TestRequest request =
            thrower == "file" ? TestRequest{Method::get, "/files/page.html"} : TestRequest{Method::post, "/go"};
        if (thrower != "file") request.body("text");
        if (thrower == "expect") request.field("Expect", "100-continue");
        const Answer answer = co_await client.send(request);
        CHECK(answer.status() == (bad ? Status::internal_server_error : Status::ok));
        CHECK_FALSE(answer.has_header("x-evil"));
      }
    });
  }
}

TEST_CASE("a releaser that throws ends nothing", "[httplib]") {
  std::atomic<int> released = 0;
  httplib::Server server;
  server.app().on_log([](const gyre::LogRecord&) {});
  const auto releaser = [&](bool) {
    ++released;
    throw std::runtime_error{"released"};
  };
  server.Get("/(whole|throw|cut)", [&](const httplib::Request& req, httplib::Response& res) {
    const std::string way = req.matches[1];
    res.set_content_provider(
        4, "text/plain",
        [way](std::size_t, std::size_t, httplib::DataSink& sink) {
          if (way == "throw") throw std::runtime_error{"provider"};
          return way == "whole" && sink.write("text", 4);
        },
        releaser);
  });
  run(server.app(), [](Client& client) -> Task<> {
    // By name: g++ 12 asks again for an await inside of CHECK.
    const gyre::testing::Answer whole = co_await client.get("/whole");
    CHECK(whole.body() == "text");
    const gyre::testing::Answer head = co_await client.head("/whole");
    CHECK(head.status() == Status::ok);
    for (const char* target : {"/throw", "/cut"}) (void)co_await raw_get(client, target);
  });
  CHECK(released == 4);
}
