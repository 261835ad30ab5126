#include "app_support.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

using namespace gyre;
using namespace gyre::test;

namespace {

constexpr std::string_view close_request = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string get(const Endpoint& endpoint, std::string_view path) {
  const Client client{endpoint};
  client.send("GET " + std::string{path} + std::string{close_request});
  return client.read_to_end();
}

RunOptions on(Backend backend, unsigned threads = 1) {
  RunOptions options;
  options.port = 0;
  options.backend = backend;
  options.threads = threads;
  return options;
}

}  // namespace

TEST_CASE("an app serves plain and coroutine handlers with typed parameters", "[app]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      App app;
      app.get("/", [] { return "Hello, world!\n"; });
      app.get("/add/{a}/{b}", [](Path<int> a, Path<int> b) { return std::to_string(*a + *b); });
      app.get("/wait/{ms}", [](Path<int> ms) -> Task<std::string> {
        const auto length = std::chrono::milliseconds{*ms};
        co_await sleep_for(length);
        co_return "waited";
      });
      Running running{app, on(backend)};
      REQUIRE(running.started());
      const Endpoint endpoint = app.endpoints().at(0);
      CHECK(get(endpoint, "/").ends_with("\r\n\r\nHello, world!\n"));
      CHECK(get(endpoint, "/add/40/2").ends_with("\r\n\r\n42"));
      CHECK(get(endpoint, "/wait/5").ends_with("\r\n\r\nwaited"));
      CHECK(get(endpoint, "/add/x/2").starts_with("HTTP/1.1 400 "));
      CHECK(get(endpoint, "/none").starts_with("HTTP/1.1 404 "));
      CHECK(running.logged("(" + std::string{name(backend)} + ", 1 thread)"));
      CHECK(running.join() == 0);
    }
  }
}

TEST_CASE("each thread has a loop and the kernel spreads the connections", "[app]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      std::atomic<int> starts = 0;
      std::atomic<int> stops = 0;
      App app;
      app.get("/thread", [] { return std::to_string(::gettid()); });
      app.on_start([&](Loop&) { ++starts; });
      app.on_stop([&](Loop& loop) -> Task<> {
        (void)loop;
        ++stops;
        co_return;
      });
      Running running{app, on(backend, 3)};
      REQUIRE(running.started());
      CHECK(starts == 3);
      std::vector<std::string> threads;
      for (int index = 0; index < 100; ++index) {
        const std::string answer = get(app.endpoints().at(0), "/thread");
        const std::string id = answer.substr(answer.rfind('\n') + 1);
        if (std::find(threads.begin(), threads.end(), id) == threads.end()) threads.push_back(id);
      }
      CHECK(threads.size() == 3);
      CHECK(running.join() == 0);
      CHECK(stops == 3);
    }
  }
}

TEST_CASE("Unix sockets and adopted descriptors are listened on", "[app]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      App app;
      app.get("/", [] { return "here"; });
      RunOptions options = on(backend, 2);
      options.host.clear();
      const std::string path = "/tmp/gyre-app-test-" + std::to_string(::getpid()) + ".sock";
      options.unix_path = path;
      const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      REQUIRE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
      REQUIRE(::listen(descriptor, 16) == 0);
      options.descriptors.push_back(descriptor);
      Running running{app, std::move(options)};
      REQUIRE(running.started());
      const std::vector<Endpoint> endpoints = app.endpoints();
      REQUIRE(endpoints.size() == 2);
      CHECK(endpoints[0].text() == "unix:" + path);
      CHECK(get(endpoints[0], "/").ends_with("here"));
      CHECK(get(endpoints[1], "/").ends_with("here"));
      CHECK(running.join() == 0);
      std::filesystem::remove(path);
    }
  }
}

TEST_CASE("what cannot start says why and returns 1", "[app]") {
  App app;
  SECTION("the address is taken") {
    Running first{app, on(Backend::epoll)};
    REQUIRE(first.started());
    App second;
    RunOptions options = on(Backend::epoll);
    options.port = app.endpoints().at(0).port();
    Running running{second, options};
    CHECK(running.wait() == 1);
    CHECK(running.logged("cannot listen on 127.0.0.1:" + std::to_string(options.port) + ": address_in_use"));
  }
  SECTION("the address is none") {
    RunOptions options = on(Backend::epoll);
    options.host = "localhost";
    Running running{app, options};
    CHECK(running.wait() == 1);
    CHECK(running.logged("\"localhost\" is no IP address"));
  }
  SECTION("a start hook throws") {
    app.on_start([](Loop&) { throw std::runtime_error{"no database"}; });
    Running running{app, on(Backend::epoll, 2)};
    CHECK(running.wait() == 1);
    CHECK(running.logged("cannot start: no database"));
    CHECK_FALSE(running.logged("listening on"));
  }
}

TEST_CASE("background tasks run beside the service and end with it", "[app]") {
  App app;
  std::atomic<bool> ran = false;
  std::atomic<bool> cancelled = false;
  app.get("/", [] { return "still here"; });
  app.background([&]() -> Task<> {
    ran = true;
    try {
      co_await sleep_for(1h);
    } catch (const Cancelled&) {
      cancelled = true;
    }
  });
  app.background([]() -> Task<> {
    co_await sleep_for(0ms);
    throw std::runtime_error{"a task's own trouble"};
  });
  Running running{app, on(Backend::automatic)};
  REQUIRE(running.started());
  CHECK(running.wait_for("a background task failed: a task's own trouble"));
  CHECK(get(app.endpoints().at(0), "/").ends_with("still here"));
  CHECK(running.join() == 0);
  CHECK(ran);
  CHECK(cancelled);
}

TEST_CASE("a handler's exception is a 500 that tells the client nothing", "[app]") {
  App app;
  app.get("/throw", []() -> std::string { throw std::runtime_error{"secret"}; });
  Running running{app, on(Backend::automatic)};
  REQUIRE(running.started());
  const std::string answer = get(app.endpoints().at(0), "/throw");
  CHECK(answer.starts_with("HTTP/1.1 500 "));
  CHECK(answer.find("secret") == std::string::npos);
  CHECK(running.logged("GET /throw failed: secret"));
  CHECK(running.join() == 0);
}

TEST_CASE("a handler may stop the app, and is still answered", "[app]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      App app;
      app.get("/stop", [&app] {
        app.stop();
        return "stopping";
      });
      Running running{app, on(backend, 2)};
      REQUIRE(running.started());
      CHECK(get(app.endpoints().at(0), "/stop").ends_with("stopping"));
      CHECK(running.wait() == 0);
    }
  }
}

TEST_CASE("an app can run again, and stop before it listens", "[app]") {
  App app;
  app.get("/", [] { return "again"; });
  for (int round = 0; round < 3; ++round) {
    Running running{app, on(Backend::automatic, 2)};
    REQUIRE(running.started());
    CHECK(get(app.endpoints().at(0), "/").ends_with("again"));
    CHECK(running.join() == 0);
  }
}

TEST_CASE("two apps live in one process", "[app]") {
  App one;
  App two;
  one.get("/", [] { return "one"; });
  two.get("/", [] { return "two"; });
  Running running_one{one, on(Backend::uring)};
  Running running_two{two, on(Backend::epoll)};
  REQUIRE(running_one.started());
  REQUIRE(running_two.started());
  CHECK(get(one.endpoints().at(0), "/").ends_with("one"));
  CHECK(get(two.endpoints().at(0), "/").ends_with("two"));
}

TEST_CASE("an app whose handler takes a state that nobody added does not start", "[app]") {
  struct Missing {};
  std::string logged;
  App app;
  app.on_log([&](const LogRecord& record) { logged += record.message; });
  app.get("/", [](State<Missing>) { return ""; });
  CHECK(app.run(on(Backend::automatic)) == 1);
  CHECK_THAT(logged, Catch::Contains("cannot start: ") && Catch::Contains("app_test.cpp:") &&
                         Catch::Contains("and there is none: add it with state(...)"));
}

TEST_CASE("an app makes the states of each loop before it listens, and says so if that fails", "[app]") {
  std::string logged;
  App app;
  app.on_log([&](const LogRecord& record) { logged += record.message; });
  app.loop_state([](Loop&) -> int { throw std::runtime_error{"no pool today"}; });
  app.get("/", [](LoopState<int>) { return ""; });
  CHECK(app.run(on(Backend::automatic)) == 1);
  CHECK_THAT(logged, Catch::Contains("cannot start: no pool today"));
}
