// shield, until, and waiting for what is no task.

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/loop/shield.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <stdexcept>
#include <string>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

Task<int> value_after(Duration length, int value) {
  co_await sleep_for(length);
  co_return value;
}

/// Does not listen to its cancellation: a value all the same.
Task<int> stubborn(Duration length, int value) {
  try {
    co_await sleep_for(length);
  } catch (const Cancelled&) {
  }
  co_return value;
}

Task<int> fail_after(Duration length) {
  co_await sleep_for(length);
  throw std::runtime_error{"failed"};
}

Task<int> cancel_itself() {
  throw Cancelled{};
  co_return 0;
}

/// What became of `task` and of the wait after it: "7, then cancelled".
Task<> describe(Task<Result<int>> task, std::string* text) {
  try {
    const Result<int> result = co_await std::move(task);
    *text += result ? std::to_string(*result) : std::string{name(result.error().code())};
  } catch (const Cancelled&) {
    *text += "Cancelled";
  } catch (const std::exception& failure) {
    *text += failure.what();
  }
  try {
    co_await sleep_for(0ms);
  } catch (const Cancelled&) {
    *text += ", then cancelled";
  }
}

/// Runs `task` in a scope that is cancelled after `length`.
Task<std::string> cancelled_after(Duration length, Task<Result<int>> task) {
  Context& context = co_await this_context();
  Scope scope{context};
  std::string text;
  scope.spawn(describe(std::move(task), &text));
  co_await sleep_for(length);
  scope.cancel(CancelReason::client_gone);
  co_await scope.join();
  co_return text;
}

}  // namespace

TEST_CASE("shield: a result in time is the result", "[loop][shield]") {
  for_each_loop([](Loop& loop) {
    loop.run([]() -> Task<> {
      const Result<int> result = co_await shield(10s, value_after(1ms, 7));
      REQUIRE(result.has_value());
      CHECK(*result == 7);
      const Result<void> slept = co_await shield(10s, sleep_for(1ms));
      CHECK(slept.has_value());
    }());
  });
}

TEST_CASE("shield: a cancellation from outside does not reach the task and waits for the next await",
          "[loop][shield][cancel]") {
  for_each_sim_loop([](Loop& loop) {
    CHECK(loop.run(cancelled_after(1ms, shield(1s, value_after(20ms, 7)))) == "7, then cancelled");
    CHECK(loop.now() == TimePoint{20ms});
  });
}

TEST_CASE("shield: runs in a context that is cancelled already", "[loop][shield][cancel]") {
  for_each_sim_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.cancel();
      std::string text;
      scope.spawn(describe(shield(1s, value_after(20ms, 7)), &text));
      co_await scope.join();
      CHECK(text == "7, then cancelled");
      CHECK(on.now() == TimePoint{20ms});
    }(loop));
  });
}

TEST_CASE("shield: when the bound is over the task is cancelled with the reason deadline", "[loop][shield]") {
  for_each_sim_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      CancelReason reason = CancelReason::none;
      auto note = [](CancelReason* seen) -> Task<int> {
        Context& context = co_await this_context();
        try {
          co_await sleep_for(1h);
        } catch (const Cancelled&) {
          *seen = context.reason();
          throw;
        }
        co_return 1;
      };
      const Result<int> result = co_await shield(5ms, note(&reason));
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error() == Errc::timed_out);
      CHECK(reason == CancelReason::deadline);
      CHECK(on.now() == TimePoint{5ms});
      const Result<int> kept = co_await shield(5ms, stubborn(1h, 8));
      REQUIRE(kept.has_value());
      CHECK(*kept == 8);
    }(loop));
  });
}

TEST_CASE("shield: cancelled from outside and out of time is out of time", "[loop][shield][cancel]") {
  for_each_sim_loop([](Loop& loop) {
    CHECK(loop.run(cancelled_after(1ms, shield(5ms, value_after(1h, 7)))) == "timed_out, then cancelled");
    CHECK(loop.run(cancelled_after(1ms, shield(5ms, stubborn(1h, 7)))) == "7, then cancelled");
    CHECK(loop.now() == TimePoint{10ms});
  });
}

TEST_CASE("shield: exceptions pass, a Cancelled of the task's own too", "[loop][shield]") {
  for_each_sim_loop([](Loop& loop) {
    CHECK(loop.run(cancelled_after(1ms, shield(1s, fail_after(5ms)))) == "failed, then cancelled");
    CHECK(loop.run(cancelled_after(1ms, shield(1s, cancel_itself()))) == "Cancelled");
  });
}

TEST_CASE("shield: the bound replaces the deadline, within shortens it again", "[loop][shield]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    auto deadline = []() -> Task<TimePoint> {
      Context& context = co_await this_context();
      co_return context.deadline();
    };
    auto inside = [&deadline](Loop* here) -> Task<int> {
      const Result<TimePoint> shielded = co_await shield(1h, deadline());
      CHECK(*shielded == here->now() + 1h);
      auto nested = [](Duration length) -> Task<int> {
        const Result<int> result = co_await within(length, value_after(2h, 1));
        co_return result ? *result : -1;
      };
      const Result<int> result = co_await shield(1h, nested(5ms));
      co_return *result;
    };
    const Result<int> result = co_await within(10ms, inside(&on));
    REQUIRE(result.has_value());
    CHECK(*result == -1);
    CHECK(on.now() == TimePoint{5ms});
  }(loop));
}

TEST_CASE("shield: all orders of end, bound and cancellation, one instant apart or together", "[loop][shield]") {
  for_each_sim_loop([](Loop& loop) {
    for (int end = 1; end <= 3; ++end) {
      for (int bound = 1; bound <= 3; ++bound) {
        for (int cancel = 1; cancel <= 3; ++cancel) {
          const std::string text =
              loop.run(cancelled_after(cancel * 1ms, shield(bound * 1ms, value_after(end * 1ms, 7))));
          INFO("end " << end << ", bound " << bound << ", cancel " << cancel << ": " << text);
          const bool after = text.ends_with(", then cancelled");
          const std::string result = text.substr(0, text.find(','));
          if (end < bound) CHECK(result == "7");
          if (end > bound) CHECK(result == "timed_out");
          CHECK((result == "7" || result == "timed_out"));
          if (cancel < std::min(end, bound)) CHECK(after);
          if (cancel > std::min(end, bound)) CHECK_FALSE(after);
        }
      }
    }
  });
}

TEST_CASE("until: as within, to an instant, which may have passed", "[loop][within]") {
  for_each_sim_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      const Result<int> in_time = co_await until(on.now() + 5ms, value_after(4ms, 7));
      REQUIRE(in_time.has_value());
      CHECK(*in_time == 7);
      const TimePoint start = on.now();
      const Result<int> late = co_await until(start + 5ms, value_after(6ms, 7));
      REQUIRE_FALSE(late.has_value());
      CHECK(late.error() == Errc::timed_out);
      CHECK(on.now() == start + 5ms);
      const Result<int> passed = co_await until(start, value_after(1ms, 7));
      REQUIRE_FALSE(passed.has_value());
      CHECK(passed.error() == Errc::timed_out);
      CHECK(on.now() == start + 5ms);
      auto ready = []() -> Task<int> { co_return 9; };
      const Result<int> at_once = co_await until(TimePoint{}, ready());
      REQUIRE(at_once.has_value());
      CHECK(*at_once == 9);
      const Result<int> kept = co_await until(start, stubborn(1h, 8));
      CHECK(kept.has_value());
    }(loop));
    CHECK(loop.run(cancelled_after(1ms, until(TimePoint::max(), value_after(1h, 7)))) == "Cancelled, then cancelled");
  });
}

TEST_CASE("within, when_all and when_any take what is no task", "[loop][within][when]") {
  for_each_sim_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Event event;
      const Result<void> waited = co_await within(5ms, event.wait());
      REQUIRE_FALSE(waited.has_value());
      CHECK(waited.error() == Errc::timed_out);
      const Result<void> slept = co_await until(on.now() + 5ms, sleep_for(1ms));
      CHECK(slept.has_value());
      CHECK(on.now() == TimePoint{6ms});

      const auto any = co_await when_any(value_after(1h, 1), event.wait(), sleep_for(2ms));
      CHECK(any.first == 2);
      CHECK_FALSE(std::get<0>(any.results).has_value());
      CHECK(on.now() == TimePoint{8ms});
      event.set();
      auto [value, unit, other] = co_await when_all(value_after(1ms, 3), event.wait(), sleep_until(TimePoint{20ms}));
      CHECK(value == 3);
      CHECK(unit == other);
      CHECK(on.now() == TimePoint{20ms});
      co_await as_task(sleep_for(1ms));
      CHECK(on.now() == TimePoint{21ms});
    }(loop));
  });
}

TEST_CASE("shield: without a bound, what waits for ever is a deadlock and not a crash", "[loop][shield]") {
  for_each_sim_loop([](Loop& loop) {
    for (int times = 0; times < 2; ++times) {
      bool unwound = false;
      auto stuck = [](bool* ended) -> Task<> {
        Event never;
        try {
          co_await never.wait();
        } catch (const Cancelled&) {
          *ended = true;
          throw;
        }
      };
      auto shielded = [](Task<> inner) -> Task<> {
        const Result<void> result = co_await shield(Duration::max(), std::move(inner));
        CHECK(result);
      }(stuck(&unwound));
      CHECK_THROWS_AS(loop.run(std::move(shielded)), Deadlock);
      CHECK(unwound);
      // The next one starts afresh.
      auto fine = shield(Duration::max(), value_after(1ms, 7));
      CHECK(loop.run(std::move(fine)).value() == 7);
    }
  });
}
