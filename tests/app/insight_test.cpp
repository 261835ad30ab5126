// What an app tells of itself while it runs: its tasks, and loops that are blocked.

#include "app_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/loop/make_loop.hpp>
#include <gyre/loop/signals.hpp>

#include <catch2/catch.hpp>

#include <csignal>
#include <memory>

using namespace gyre;
using namespace gyre::test;

namespace {

std::string request_for(std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
}

std::string get(const Endpoint& endpoint, std::string_view path) {
  const Client client{endpoint};
  client.send(request_for(path));
  return client.read_to_end();
}

/// Set once, from any thread; others wait for it.
class Flag {
 public:
  void set() {
    const std::lock_guard lock{mutex_};
    set_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

RunOptions on(Backend backend, unsigned threads = 1) {
  RunOptions options;
  options.port = 0;
  options.backend = backend;
  options.threads = threads;
  options.watchdog = Duration::max();
  return options;
}

Task<std::string> wait_for_ever(Flag* entered) {
  entered->set();
  Event never;
  co_await never.wait();
  co_return "";
}

}  // namespace

TEST_CASE("a handler that blocks its loop is reported with its route", "[app][watchdog]") {
  for (const Backend backend : real_backends()) {
    for (const std::string_view path : {"/plain/1", "/task/1"}) {
      DYNAMIC_SECTION(name(backend) << " " << path) {
        App app;
        Running* running = nullptr;
        const auto block = [&running] { return running->wait_for("is blocked for") ? "seen" : "not seen"; };
        app.get("/plain/{n}", [block](Path<int> n) { return block() + std::to_string(*n); });
        app.get("/task/{n}", [block](Path<int> n) -> Task<std::string> {
          co_await sleep_for(std::chrono::milliseconds{1});
          co_return block() + std::to_string(*n);
        });
        RunOptions options = on(backend);
        options.watchdog = std::chrono::milliseconds{20};
        Running serving{app, std::move(options)};
        running = &serving;
        REQUIRE(serving.started());
        const std::string answer = get(app.endpoints().at(0), path);
        INFO(answer);
        CHECK(answer.ends_with("\r\n\r\nseen1"));
        const std::string route = "in GET " + std::string{path.substr(0, path.rfind('/'))} + "/{n}";
        CHECK(serving.wait_for("loop 0 was blocked for"));
        CHECK(serving.logged(route));
        CHECK(app.blocked_turns() >= 1);
        CHECK(serving.join() == 0);
      }
    }
  }
}

TEST_CASE("a page shows the tasks of every loop", "[app][tree]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      Flag entered;
      App app;
      app.get("/wait/{n}", [&](Path<int>) { return wait_for_ever(&entered); });
      app.get("/debug/tasks", [&app] { return app.task_tree(); });
      RunOptions options = on(backend, 2);
      options.task_tree = true;
      Running running{app, std::move(options)};
      REQUIRE(running.started());
      const Endpoint endpoint = app.endpoints().at(0);
      {
        const Client waiting{endpoint};
        waiting.send(request_for("/wait/1"));
        entered.wait();
        const std::string page = get(endpoint, "/debug/tasks");
        CHECK(page.starts_with("HTTP/1.1 200 "));
        CHECK(page.find("loop 0: ") < page.find("loop 1: "));
        const std::size_t context = page.find("context GET /wait/{n}\n");
        REQUIRE(context != std::string::npos);
        CHECK(page.find("wait_for_ever at insight_test.cpp:", context) != std::string::npos);
        CHECK(page.find("context GET /debug/tasks\n") != std::string::npos);
      }
      CHECK(running.join() == 0);
    }
  }
}

TEST_CASE("without its option the task tree is off, and a page says so", "[app][tree]") {
  App app;
  app.get("/debug/tasks", [&app] { return app.task_tree(); });
  Running running{app, on(Backend::epoll)};
  REQUIRE(running.started());
  CHECK(get(app.endpoints().at(0), "/debug/tasks").ends_with("loop 0: the task tree is off (RunOptions::task_tree)\n"));
  CHECK(running.join() == 0);
}

TEST_CASE("a signal has the tasks logged, also while the app drains", "[app][tree]") {
  const BlockedSignals blocked{SIGUSR2};  // in this thread, which must not die of it
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      Flag entered;
      App app;
      app.get("/wait", [&] { return wait_for_ever(&entered); });
      RunOptions options = on(backend);
      options.task_tree_on = SIGUSR2;
      options.drain = std::chrono::hours{1};
      Running running{app, std::move(options)};
      REQUIRE(running.started());
      const auto waiting = std::make_unique<Client>(app.endpoints().at(0));
      waiting->send(request_for("/wait"));
      entered.wait();
      app.stop();
      REQUIRE(::kill(::getpid(), SIGUSR2) == 0);
      CHECK(running.wait_for("wait_for_ever at insight_test.cpp:"));
      CHECK(running.logged("context GET /wait"));
    }
  }
}

TEST_CASE("asking for the tasks neither hangs nor fails while loops end", "[app][tree]") {
  for (const Backend backend : real_backends()) {
    DYNAMIC_SECTION(name(backend)) {
      for (int round = 0; round < 10; ++round) {
        Flag asked;
        App app;
        app.background([&]() -> Task<> {
          while (true) {
            const std::string text = co_await app.task_tree();
            if (text.starts_with("loop 0: ")) asked.set();
          }
        });
        RunOptions options = on(backend, 3);
        options.task_tree = true;
        Running running{app, std::move(options)};
        asked.wait();
        CHECK(running.join() == 0);
      }
    }
  }
}

TEST_CASE("an app that does not run has no tasks", "[app][tree]") {
  App app;
  auto made = make_loop({.backend = Backend::epoll});
  REQUIRE(made);
  CHECK((*made)->run(app.task_tree()).empty());
}
