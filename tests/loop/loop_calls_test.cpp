#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/loop/loop_calls.hpp>
#include <gyre/loop/sleep.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>
#include <string>
#include <thread>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;

namespace {

Task<std::thread::id> where() { co_return std::this_thread::get_id(); }

}  // namespace

TEST_CASE("a blocking function has its loop do things, and goes on with what comes of them", "[loop][calls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      const std::thread::id mine = std::this_thread::get_id();
      auto count = [mine](LoopCalls& on_loop) -> int {
        CHECK(std::this_thread::get_id() != mine);
        CHECK(on_loop([] { return where(); }) == mine);
        int sum = 0;
        for (int number = 0; number < 100; ++number) {
          sum += on_loop([&]() -> Task<int> {
            if (number % 10 == 0) co_await sleep_for(1ms);
            co_return number;
          });
        }
        return sum;
      };
      CHECK(co_await offload_calling(on.offload_pool(), count) == 4950);
      CHECK(std::this_thread::get_id() == mine);
    }(loop));
  });
}

TEST_CASE("what a call throws goes to the function, and what that throws to the task", "[loop][calls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      std::string caught;
      auto job = [&](LoopCalls& on_loop) {
        try {
          on_loop([]() -> Task<> {
            co_await sleep_for(1ms);
            throw std::runtime_error{"of the loop"};
          });
        } catch (const std::runtime_error& error) {
          caught = error.what();
        }
        throw std::runtime_error{"of the function"};
      };
      bool rethrown = false;
      try {
        co_await offload_calling(on.offload_pool(), job);
      } catch (const std::runtime_error& error) {
        rethrown = std::string_view{error.what()} == "of the function";
      }
      CHECK(caught == "of the loop");
      CHECK(rethrown);
    }(loop));
  });
}

TEST_CASE("a cancelled function learns it from its call, and is waited for", "[loop][calls][cancel]") {
  for_each_loop([](Loop& loop) {
    struct Seen {
      Event waiting;
      bool told = false;
      bool flag = false;
      bool ended = false;
    } seen;
    loop.run([](Loop& on, Seen& what) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn([](Loop& lo, Seen& in) -> Task<> {
        auto job = [&in](LoopCalls& on_loop) {
          CHECK_FALSE(on_loop.cancelled());
          try {
            on_loop([&in]() -> Task<> {
              in.waiting.set();
              co_await sleep_for(1h);
            });
          } catch (const Cancelled&) {
            in.told = true;
            in.flag = on_loop.cancelled();
          }
        };
        co_await offload_calling(lo.offload_pool(), job);
        in.ended = true;  // what the function came to wins
      }(on, what));
      co_await what.waiting.wait();
      scope.cancel();
      co_await scope.join();
    }(loop, seen));
    CHECK(seen.told);
    CHECK(seen.flag);
    CHECK(seen.ended);
  });
}

TEST_CASE("a function that no thread has taken is not called any more once it is cancelled", "[loop][calls][cancel]") {
  for_each_loop([](Loop& loop) {
    bool ran = false;
    bool cancelled = false;
    loop.run([](Loop& on, bool& did_run, bool& was_cancelled) -> Task<> {
      Context& context = co_await this_context();
      Context child{context};
      child.cancel(CancelReason::requested);
      Scope scope{child};
      scope.spawn([](Loop& lo, bool& dr, bool& wc) -> Task<> {
        auto job = [&](LoopCalls&) { dr = true; };
        try {
          co_await offload_calling(lo.offload_pool(), job);
        } catch (const Cancelled&) {
          wc = true;
        }
      }(on, did_run, was_cancelled));
      co_await scope.join();
    }(loop, ran, cancelled));
    CHECK_FALSE(ran);
    CHECK(cancelled);
  });
}

TEST_CASE("a simulation with functions that call runs alike with the same seed", "[loop][calls][sim]") {
  const auto run = [](std::uint64_t seed) {
    SimLoop loop{{.seed = seed}};
    std::string log;
    loop.run([](Loop& on, std::string& text) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      for (char name = 'a'; name < 'e'; ++name) {
        scope.spawn([](Loop& lo, std::string& t, char n) -> Task<> {
          auto job = [&, n](LoopCalls& on_loop) {
            for (int time = 0; time < 5; ++time) {
              on_loop([&]() -> Task<> {
                co_await sleep_for(Duration{static_cast<Duration::rep>(lo.random() % 1000)});
                t += n;
              });
            }
          };
          co_await offload_calling(lo.offload_pool(), job);
        }(on, text, name));
      }
      co_await scope.join();
    }(loop, log));
    return log;
  };
  CHECK(run(7) == run(7));
  CHECK(run(7).size() == 20);
}
