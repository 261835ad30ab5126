#include <gyre/coro/scope.hpp>
#include <gyre/loop/signals.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>

#include <unistd.h>
#include <catch2/catch.hpp>
#include <csignal>
#include <each_loop.hpp>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;

TEST_CASE("a raised signal reaches who waits for it, and only that number", "[loop][signals]") {
  const BlockedSignals blocked{SIGUSR1, SIGUSR2};
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Signals signals{on};
      signals.open({SIGUSR1, SIGUSR2}).value();
      on.raise(SIGTERM);
      on.raise(SIGUSR2);
      on.raise(SIGUSR1);
      const int first = co_await signals.next();
      const int second = co_await signals.next();
      CHECK(first == SIGUSR1);  // lowest number first
      CHECK(second == SIGUSR2);
      const Result<int> none = co_await within(1ms, signals.next());
      CHECK_FALSE(none.has_value());
      co_await signals.close();
    }(loop));
  });
}

TEST_CASE("a signal of the process reaches the loop through its descriptor", "[loop][signals]") {
  const BlockedSignals blocked{SIGUSR1, SIGUSR2};
  loop_test::for_each_real_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Signals signals{on};
      signals.open({SIGUSR1}).value();
      for (int round = 0; round < 3; ++round) {
        ::kill(::getpid(), SIGUSR1);
        const int number = co_await signals.next();
        CHECK(number == SIGUSR1);
      }
      co_await signals.close();
    }(loop));
  });
}

TEST_CASE("waiting for a signal can be cancelled, and closing works in a cancelled context",
          "[loop][signals][cancel]") {
  const BlockedSignals blocked{SIGUSR1, SIGUSR2};
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      bool cancelled = false;
      scope.spawn([](Loop& with, bool& seen) -> Task<> {
        Signals signals{with};
        signals.open({SIGUSR1}).value();
        try {
          co_await signals.next();
        } catch (const Cancelled&) {
          seen = true;
        }
        co_await signals.close();
      }(on, cancelled));
      co_await sleep_for(1ms);
      scope.cancel();
      co_await scope.join();
      CHECK(cancelled);
    }(loop));
  });
}
