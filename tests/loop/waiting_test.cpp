// What tasks wait with: sleep_for, sleep_until, within, and when_any with time.

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;

namespace {

Task<int> value_after(Duration length, int value) {
  co_await sleep_for(length);
  co_return value;
}

/// Does not listen to its cancellation: a value, later than asked for.
Task<int> stubborn(Duration length, int value, bool& was_cancelled) {
  Event never;
  try {
    co_await sleep_for(length);
  } catch (const Cancelled&) {
    was_cancelled = true;
  }
  co_return value;
}

Task<> fail_after(Duration length) {
  co_await sleep_for(length);
  throw std::runtime_error{"failed"};
}

}  // namespace

TEST_CASE("a sleep is never early and in simulation exact", "[loop][sleep]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      for (const Duration length : {Duration{0}, Duration{1}, Duration{999'999}, Duration{1'000'001}, Duration{3ms}}) {
        const TimePoint start = on.now();
        co_await sleep_for(length);
        const Duration slept = on.now() - start;
        CHECK(slept >= length);
        if (on.backend() == Backend::sim) CHECK(slept == length);
        const TimePoint when = on.now() + length;
        co_await sleep_until(when);
        CHECK(on.now() >= when);
      }
      co_await sleep_for(-5s);
      co_await sleep_until(TimePoint{});
    }(loop));
  });
}

TEST_CASE("sleeps that run beside each other take as long as the longest", "[loop][sleep]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    auto [first, second, third] = co_await when_all(value_after(30ms, 1), value_after(10ms, 2), value_after(20ms, 3));
    CHECK(first * 100 + second * 10 + third == 123);
    CHECK(on.now() == TimePoint{30ms});
  }(loop));
}

TEST_CASE("within: a result in time is the result", "[loop][within]") {
  for_each_loop([](Loop& loop) {
    loop.run([]() -> Task<> {
      const Result<int> result = co_await within(10s, value_after(1ms, 7));
      REQUIRE(result.has_value());
      CHECK(*result == 7);
      const Result<void> nothing = co_await within(10s, []() -> Task<> { co_return; }());
      CHECK(nothing.has_value());
    }());
  });
}

TEST_CASE("within: when the time is over the task is cancelled, joined and timed out", "[loop][within]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    const Result<int> result = co_await within(5ms, value_after(1h, 7));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error() == Errc::timed_out);
    CHECK(on.now() == TimePoint{5ms});
    Context& context = co_await this_context();
    CHECK_FALSE(context.cancelled());
  }(loop));
}

TEST_CASE("within: a value that arrives although the time is over is not dropped", "[loop][within]") {
  SimLoop loop;
  loop.run([]() -> Task<> {
    bool was_cancelled = false;
    const Result<int> result = co_await within(5ms, stubborn(1h, 7, was_cancelled));
    REQUIRE(result.has_value());
    CHECK(*result == 7);
    CHECK(was_cancelled);
  }());
}

TEST_CASE("within: at the very instant, one of the two wins and nothing is lost", "[loop][within]") {
  for (const std::uint64_t seed : loop_test::seeds(16)) {
    SimOptions options;
    options.seed = seed;
    SimLoop loop{options};
    loop.run([]() -> Task<> {
      const Result<int> result = co_await within(5ms, value_after(5ms, 7));
      if (result) {
        CHECK(*result == 7);
      } else {
        CHECK(result.error() == Errc::timed_out);
      }
    }());
  }
}

TEST_CASE("within: other exceptions pass, a cancellation from outside unwinds as Cancelled", "[loop][within]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    bool threw = false;
    try {
      const Result<void> result = co_await within(1h, fail_after(1ms));
      CHECK(result.has_value());
    } catch (const std::runtime_error&) {
      threw = true;
    }
    CHECK(threw);

    Context& context = co_await this_context();
    Scope scope{context};
    bool cancelled = false;
    scope.spawn([](bool& seen) -> Task<> {
      try {
        const Result<int> result = co_await within(1h, value_after(2h, 1));
        CHECK_FALSE(result.has_value());
      } catch (const Cancelled&) {
        seen = true;
        throw;
      }
    }(cancelled));
    co_await sleep_for(1ms);
    scope.cancel();
    co_await scope.join();
    CHECK(cancelled);
    CHECK(on.now() == TimePoint{2ms});
  }(loop));
}

TEST_CASE("within: deadlines nest, and the earlier one decides", "[loop][within]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    auto inner = [](TimePoint expected) -> Task<int> {
      Context& context = co_await this_context();
      CHECK(context.deadline() == expected);
      const Result<int> result = co_await within(1h, value_after(2h, 1));
      co_return result ? *result : -1;
    };
    const Result<int> result = co_await within(5ms, inner(on.now() + 5ms));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error() == Errc::timed_out);
    CHECK(on.now() == TimePoint{5ms});
  }(loop));
}

TEST_CASE("when_any: the loser is cancelled and joined before it returns", "[loop][when_any]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    auto winner = co_await when_any(value_after(1h, 1), value_after(2ms, 2));
    CHECK(winner.first == 1);
    CHECK_FALSE(std::get<0>(winner.results).has_value());
    CHECK(std::get<1>(winner.results) == 2);
    CHECK(on.now() == TimePoint{2ms});
  }(loop));
}

TEST_CASE("a task that can never end is a deadlock in simulation, and it is unwound", "[loop][sim]") {
  SimLoop loop;
  bool unwound = false;
  CHECK_THROWS_AS(loop.run([](bool& seen) -> Task<> {
    Event never;
    try {
      co_await never.wait();
    } catch (const Cancelled&) {
      seen = true;
      throw;
    }
  }(unwound)),
                  Deadlock);
  CHECK(unwound);
  // The loop is as good as before.
  CHECK(loop.run(value_after(1ms, 5)) == 5);
}
