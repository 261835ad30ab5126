#include <gyre/coro/scope.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/sleep.hpp>

#include <atomic>
#include <catch2/catch.hpp>
#include <each_loop.hpp>
#include <latch>
#include <thread>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;

TEST_CASE("offloaded work runs elsewhere and its result comes back", "[loop][offload]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      const std::thread::id mine = std::this_thread::get_id();
      const std::thread::id there = co_await offload([] { return std::this_thread::get_id(); });
      CHECK((there == mine) == (on.backend() == Backend::sim));
      CHECK(std::this_thread::get_id() == mine);
      const std::string text =
          co_await offload([](std::string a, int b) { return a + std::to_string(b); }, std::string{"value "}, 7);
      CHECK(text == "value 7");
      int touched = 0;
      co_await offload([&touched] { touched = 1; });
      CHECK(touched == 1);
      auto pointer = co_await offload([](std::unique_ptr<int>& p) { return std::move(p); }, std::make_unique<int>(3));
      CHECK(*pointer == 3);
    }(loop));
  });
}

TEST_CASE("what offloaded work throws is rethrown", "[loop][offload]") {
  for_each_loop([](Loop& loop) {
    loop.run([]() -> Task<> {
      bool caught = false;
      try {
        co_await offload([] { throw std::runtime_error{"blocked"}; });
      } catch (const std::runtime_error& error) {
        caught = std::string_view{error.what()} == "blocked";
      }
      CHECK(caught);
    }());
  });
}

TEST_CASE("a cancelled job that waits for a thread never runs; one that runs is waited for",
          "[loop][offload][cancel]") {
  for (const Backend backend : {Backend::uring, Backend::epoll}) {
    DYNAMIC_SECTION(name(backend)) {
      LoopOptions options;
      options.backend = backend;
      options.offload_pool = gyre::Shared<OffloadPool>::make(OffloadOptions{.threads_max = 1});
      auto loop = loop_test::make_or_warn(options);
      if (!loop) continue;
      std::latch running{1};
      std::latch release{1};
      bool queued_ran = false;
      bool queued_cancelled = false;
      int first_result = 0;
      loop->run([](std::latch& started, std::latch& go, bool& ran, bool& cancelled, int& result) -> Task<> {
        Context& context = co_await this_context();
        Scope scope{context};
        scope.spawn([](std::latch& s, std::latch& g, int& value) -> Task<> {
          value = co_await offload([&s, &g] {
            s.count_down();
            g.wait();
            return 5;
          });
        }(started, go, result));
        started.wait();
        scope.spawn([](bool& r, bool& c) -> Task<> {
          try {
            co_await offload([&r] { r = true; });
          } catch (const Cancelled&) {
            c = true;
          }
        }(ran, cancelled));
        scope.cancel();
        co_await sleep_for(0ms);
        CHECK(scope.size() == 1);
        CHECK(cancelled);
        go.count_down();
        co_await scope.join();
      }(running, release, queued_ran, queued_cancelled, first_result));
      CHECK(first_result == 5);
      CHECK_FALSE(queued_ran);
    }
  }
}

TEST_CASE("in a cancelled context nothing is offloaded", "[loop][offload][cancel]") {
  for_each_loop([](Loop& loop) {
    bool ran = false;
    loop.run([](bool& seen) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.cancel();
      scope.spawn([](bool& r) -> Task<> { co_await offload([&r] { r = true; }); }(seen));
      co_await scope.join();
    }(ran));
    CHECK_FALSE(ran);
  });
}

TEST_CASE("a full pool refuses", "[loop][offload][limits]") {
  LoopOptions options;
  options.offload_pool = gyre::Shared<OffloadPool>::make(OffloadOptions{.threads_max = 1, .queue_max = 1});
  auto loop = loop_test::make_or_warn(options);
  REQUIRE(loop);
  std::latch running{1};
  std::latch release{1};
  bool refused = false;
  loop->run([](std::latch& started, std::latch& go, bool& full) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    scope.spawn([](std::latch& s, std::latch& g) -> Task<> {
      co_await offload([&s, &g] {
        s.count_down();
        g.wait();
      });
    }(started, go));
    started.wait();
    scope.spawn([]() -> Task<> { co_await offload([] {}); }());
    try {
      co_await offload([] {});
    } catch (const Failure& failure) {
      full = failure.error() == Errc::limit_exceeded;
    }
    go.count_down();
    co_await scope.join();
  }(running, release, refused));
  CHECK(refused);
  CHECK(options.offload_pool->threads() == 1);
}

TEST_CASE("a thousand jobs from two loops share one pool", "[loop][offload]") {
  const auto pool = gyre::Shared<OffloadPool>::make(OffloadOptions{.threads_max = 4});
  std::atomic<int> sum = 0;
  const auto work = [&](Backend backend) {
    LoopOptions options;
    options.backend = backend;
    options.offload_pool = pool;
    auto loop = loop_test::make_or_warn(options);
    if (!loop) return;
    loop->run([](std::atomic<int>& total) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      for (int index = 0; index < 500; ++index) {
        scope.spawn([](std::atomic<int>& to) -> Task<> { co_await offload([&to] { ++to; }); }(total));
      }
      co_await scope.join();
    }(sum));
  };
  std::thread other{work, Backend::epoll};
  work(Backend::automatic);
  other.join();
  CHECK(sum == 1000);
  CHECK(pool->threads() <= 4);
}
