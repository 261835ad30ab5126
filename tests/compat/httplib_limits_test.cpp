// As a program of cpp-httplib has them: before the include.
#define CPPHTTPLIB_PAYLOAD_MAX_LENGTH 40'000
#define CPPHTTPLIB_FORM_URL_ENCODED_PAYLOAD_MAX_LENGTH 20'000
#define CPPHTTPLIB_MULTIPART_FORM_DATA_FILE_MAX_COUNT 2
#define CPPHTTPLIB_REQUEST_URI_MAX_LENGTH 100
#define CPPHTTPLIB_KEEPALIVE_MAX_COUNT 7
#define CPPHTTPLIB_THREAD_POOL_COUNT 3

#include <gyre/compat/httplib.hpp>
#include <gyre/loop/make_loop.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <limits>
#include <memory>
#include <string>
#include <thread>

namespace httplib = gyre::compat::httplib;
using gyre::Status;
using gyre::Task;
using gyre::testing::Answer;
using gyre::testing::Client;
using gyre::testing::Connection;
using gyre::testing::run;
using gyre::testing::TestRequest;
using namespace std::chrono_literals;

namespace {

/// Counts what is enqueued.
class CountedPool final : public httplib::ThreadPool {
 public:
  explicit CountedPool(std::atomic<int>& count) : ThreadPool(2), count_(&count) {}
  void enqueue(std::function<void()> fn) override {
    ++*count_;
    ThreadPool::enqueue(std::move(fn));
  }

 private:
  std::atomic<int>* count_;
};

/// Calls at once, or throws.
class OddQueue final : public httplib::TaskQueue {
 public:
  explicit OddQueue(bool throws) : throws_(throws) {}
  void enqueue(std::function<void()> fn) override {
    if (throws_) throw 5;
    fn();
  }
  void shutdown() override {}

 private:
  bool throws_;
};

/// Serves on a thread of its own while `talk` runs on a loop of the test's.
template <class Talk>
void serve_and(httplib::Server& server, Talk talk) {
  server.app().on_log([](const gyre::LogRecord&) {});
  const int port = server.bind_to_any_port("127.0.0.1");
  REQUIRE(port > 0);
  std::thread thread{[&] { server.listen_after_bind(); }};
  while (!server.is_running()) std::this_thread::yield();
  auto loop = gyre::make_loop({.backend = gyre::Backend::epoll}).value();
  Client client{*loop, gyre::Endpoint::ip("127.0.0.1", static_cast<std::uint16_t>(port)).value(), 10s};
  loop->run(talk(client));
  server.stop();
  thread.join();
}

/// False after ten seconds.
template <class Condition>
Task<bool> comes_true(Condition condition) {
  for (int i = 0; i < 1000 && !condition(); ++i) co_await gyre::sleep_for(10ms);
  co_return condition();
}

}  // namespace

TEST_CASE("the macros of cpp-httplib set what a server begins with", "[httplib]") {
  httplib::Server server;
  std::string keep_alive;
  server.Post("/length", [](const httplib::Request& req, httplib::Response& res) {
    res.set_content(std::to_string(req.body.size() + req.get_param_value("a").size()), "text/plain");
  });
  server.set_post_routing_handler(
      [&](const httplib::Request&, httplib::Response& res) { keep_alive = res.get_header_value("Keep-Alive"); });
  run(server.app(), [&](Client& client) -> Task<> {
    CHECK((co_await client.post("/length", std::string(40'000, 'x'), "text/plain")).body() == "40000");
    CHECK((co_await client.post("/length", std::string(40'001, 'x'), "text/plain")).status() ==
          Status::content_too_large);
    const std::string form = "application/x-www-form-urlencoded";
    CHECK((co_await client.post("/length", "a=" + std::string(19'998, 'x'), form)).body() == "39998");
    CHECK((co_await client.post("/length", "a=" + std::string(19'999, 'x'), form)).status() ==
          Status::content_too_large);
    std::string parts;
    for (int i = 0; i < 3; ++i) parts += "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n";
    const Answer form_of_three =
        co_await client.post("/length", parts + "--b--\r\n", "multipart/form-data; boundary=b");
    CHECK(form_of_three.status() == Status::bad_request);
    CHECK((co_await client.get("/" + std::string(99, 'x'))).status() == Status::not_found);
    CHECK((co_await client.get("/" + std::string(100, 'x'))).status() == Status::uri_too_long);
    CHECK(keep_alive == "timeout=5, max=7");
  });
  struct Program {
    httplib::Server server;
  } program = {};
  CHECK_FALSE(program.server.is_running());
  const std::unique_ptr<httplib::TaskQueue> queue{server.new_task_queue()};
  CHECK(dynamic_cast<httplib::ThreadPool&>(*queue).size() == 3);
}

TEST_CASE("what waits for a thread is not a body as a whole", "[httplib]") {
  std::atomic<int> queued = 0;
  httplib::Server server;
  server.set_payload_max_length(8 << 20);
  server.new_task_queue = [&] { return new CountedPool{queued}; };
  server.Post("/length", [](const httplib::Request& req, httplib::Response& res) {
    res.set_content(std::to_string(req.body.size()), "text/plain");
  });
  serve_and(server, [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 4194304\r\n\r\n");
    co_await connection.write(std::string(2 << 20, 'x'));
    CHECK(co_await comes_true([&] { return queued == 1; }));
    co_await connection.write(std::string(2 << 20, 'x'));
    const Answer answer = co_await connection.read_answer(gyre::Method::post);
    CHECK(answer.body() == "4194304");
  });
}

TEST_CASE("a body that stays away gives its thread back", "[httplib]") {
  std::atomic<int> given_up = 0;
  httplib::Server server;
  server.set_read_timeout(0, 50'000);
  server.Post("/read", [&](const httplib::Request&, httplib::Response&, const httplib::ContentReader& reader) {
    given_up += reader([](const char*, std::size_t) { return true; }) ? 100 : 1;
  });
  serve_and(server, [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("POST /read HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nsome");
    CHECK(co_await comes_true([&] { return given_up == 1; }));
  });
}

TEST_CASE("a provider that only asks whether it may write hears of a client that has left", "[httplib]") {
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;
  httplib::Server server;
  server.Get("/events", [&](const httplib::Request&, httplib::Response& res) {
    res.set_chunked_content_provider("text/event-stream", [&](std::size_t, httplib::DataSink& sink) {
      sink.write("data: 1\n\n", 9);
      ++begun;
      while (sink.is_writable()) std::this_thread::yield();
      ++ended;
      return false;
    });
  });
  serve_and(server, [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("GET /events HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(co_await comes_true([&] { return begun == 1; }));
    connection.close();
    CHECK(co_await comes_true([&] { return ended == 1; }));
  });
}

TEST_CASE("times that are for ever are", "[httplib]") {
  httplib::Server server;
  constexpr auto for_ever = std::numeric_limits<std::time_t>::max();
  server.set_read_timeout(for_ever, for_ever).set_write_timeout(for_ever).set_keep_alive_timeout(for_ever);
  server.Post("/length", [](const httplib::Request& req, httplib::Response& res) {
    res.set_content(std::to_string(req.body.size()), "text/plain");
  });
  serve_and(server, [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbo");
    co_await gyre::sleep_for(20ms);
    co_await connection.write("dy");
    const Answer answer = co_await connection.read_answer(gyre::Method::post);
    CHECK(answer.body() == "4");
  });
}

TEST_CASE("a stop waits for a handler whose client has left", "[httplib]") {
  std::atomic<int> stage = 0;
  httplib::Server server;
  server.Get("/long", [&](const httplib::Request&, httplib::Response& res) {
    stage = 1;
    stage.notify_all();
    stage.wait(1);
    res.set_content_provider(4, "text/plain",
                             [](std::size_t, std::size_t, httplib::DataSink& sink) { return sink.write("text", 4); });
    stage = 3;
  });
  std::thread let_go;
  serve_and(server, [&](Client& client) -> Task<> {
    Connection connection = co_await client.connect();
    co_await connection.write("GET /long HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(co_await comes_true([&] { return stage == 1; }));
    connection.reset();
    server.stop();
    let_go = std::thread{[&] {
      stage = 2;
      stage.notify_all();
    }};
  });
  CHECK(stage == 3);
  let_go.join();
}

TEST_CASE("a reader that takes its time is not taken for a client that does", "[httplib]") {
  httplib::Server server;
  server.set_payload_max_length(1 << 20);
  server.set_read_timeout(0, 30'000);
  server.Post("/read", [&](const httplib::Request&, httplib::Response& res, const httplib::ContentReader& reader) {
    std::size_t size = 0;
    const bool good = reader([&](const char*, std::size_t length) {
      size += length;
      const auto until = std::chrono::steady_clock::now() + 60ms;
      while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
      return true;
    });
    res.set_content((good ? "good " : "bad ") + std::to_string(size), "text/plain");
  });
  serve_and(server, [&](Client& client) -> Task<> {
    const Answer answer = co_await client.post("/read", std::string(300'000, 'x'));
    CHECK(answer.body() == "good 300000");
  });
}

TEST_CASE("a queue that calls on the loop, or throws, is a 503", "[httplib]") {
  for (const bool throws : {false, true}) {
    httplib::Server server;
    server.new_task_queue = [&] { return new OddQueue{throws}; };
    server.Post("/read", [&](const httplib::Request&, httplib::Response&, const httplib::ContentReader& reader) {
      reader([](const char*, std::size_t) { return true; });
    });
    serve_and(server, [&](Client& client) -> Task<> {
      const Answer answer = co_await client.post("/read", "text");
      CHECK(answer.status() == Status::service_unavailable);
    });
  }
}
