#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::CancelReason;
using gyre::Context;
using gyre::Event;
using gyre::sync_wait;
using gyre::Task;
using gyre::Unit;
using gyre::when_all;
using gyre::when_any;

namespace {

Task<int> wait_then(Event* event, int value) {
  const Tracked local(value);
  co_await event->wait();
  co_return local.get();
}

// Finishes although it is cancelled, as an operation whose result crossed the cancellation.
Task<Tracked> stubborn(Event* event, int value) {
  try {
    co_await event->wait();
  } catch (const gyre::Cancelled&) {
  }
  co_return Tracked(value);
}

Task<int> fail_after(Event* event, const char* text) {
  const Tracked local(1);
  co_await event->wait();
  throw std::runtime_error(text);
}

// Fails when it is cancelled, as a clean-up that goes wrong.
Task<int> fail_when_cancelled(Event* event) {
  bool cancelled = false;
  try {
    co_await event->wait();
  } catch (const gyre::Cancelled&) {
    cancelled = true;
  }
  if (cancelled) throw std::runtime_error("clean-up failed");
  co_return 1;
}

Task<int> value(int result) { co_return result; }
Task<> nothing() { co_return; }
Task<std::unique_ptr<int>> owned(int result) { co_return std::make_unique<int>(result); }
Task<std::unique_ptr<int>> owned_after(Event* event) {
  co_await event->wait();
  co_return std::make_unique<int>(1);
}
Task<int> fail_now() {
  throw std::runtime_error("now");
  co_return 0;
}

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Event event;
  Event second_event;
  Event never;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "when_all returns the results in the order of its tasks", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    auto [first, unit, pointer, last] =
        co_await when_all(wait_then(&all->second_event, 1), nothing(), owned(3), wait_then(&all->event, 4));
    CHECK(unit == Unit{});
    co_return first * 100 + *pointer * 10 + last;
  };
  Started started{context, body(this)};
  event.set();
  executor.run();
  CHECK_FALSE(started.done());
  second_event.set();
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == 134);
  CHECK(context.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE("when_all takes one task, none, and tasks that are done at once", "[coro][when]") {
  auto body = []() -> Task<int> {
    auto [one] = co_await when_all(value(1));
    auto [unit] = co_await when_all(nothing());
    std::tuple<> none = co_await when_all();
    static_cast<void>(unit);
    static_cast<void>(none);
    auto [pointer] = co_await when_all(owned(2));
    co_return one + *pointer;
  };
  CHECK(sync_wait(body()) == 3);
}

TEST_CASE_METHOD(Fixture, "a failure in when_all cancels the others and is rethrown after they ended", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<> {
    std::string text;
    try {
      auto [first, second, third] = co_await when_all(wait_then(&all->never, 1), fail_after(&all->event, "second"),
                                                      fail_when_cancelled(&all->never));
      static_cast<void>(first + second + third);
    } catch (const std::runtime_error& failure) {
      text = failure.what();
      CHECK(Tracked::living() == 0);
    }
    CHECK(text == "second");
  };
  Started started{context, body(this)};
  event.set();
  executor.run();
  CHECK(started.done());
  CHECK_FALSE(context.cancelled());
  CHECK(context.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a failure at the start of when_all cancels those before and after it", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    auto [first, second, third] = co_await when_all(wait_then(&all->never, 1), fail_now(), wait_then(&all->never, 2));
    co_return first + second + third;
  };
  Started started{context, body(this)};
  executor.run();
  REQUIRE(started.done());
  CHECK_THROWS_WITH(started.result(), "now");
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a cancellation from outside reaches all of when_all", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    auto [first, second] = co_await when_all(wait_then(&all->never, 1), wait_then(&all->never, 2));
    co_return first + second;
  };
  Started started{context, body(this)};
  context.cancel(CancelReason::deadline);
  CHECK_FALSE(started.done());
  executor.run();
  CHECK(started.cancelled());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_all tells of a failure rather than of a cancellation", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    auto [first, second] = co_await when_all(wait_then(&all->never, 1), fail_when_cancelled(&all->never));
    co_return first + second;
  };
  Started started{context, body(this)};
  context.cancel(CancelReason::deadline);
  executor.run();
  REQUIRE(started.done());
  CHECK_THROWS_WITH(started.result(), "clean-up failed");
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_all that finished before the cancellation arrives keeps its results", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    auto [first, second] = co_await when_all(wait_then(&all->event, 1), wait_then(&all->event, 2));
    co_return first + second;
  };
  Started started{context, body(this)};
  event.set();
  context.cancel(CancelReason::client_gone);
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == 3);
}

TEST_CASE_METHOD(Fixture, "when_any returns the first and joins the cancelled losers", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    const auto any = co_await when_any(wait_then(&all->never, 1), wait_then(&all->event, 2), wait_then(&all->never, 3));
    CHECK(Tracked::living() == 0);
    CHECK(any.first == 1);
    CHECK_FALSE(std::get<0>(any.results));
    CHECK_FALSE(std::get<2>(any.results));
    co_return std::get<1>(any.results).value();
  };
  Started started{context, body(this)};
  CHECK(Tracked::living() == 3);
  event.set();
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == 2);
  CHECK_FALSE(context.cancelled());
  CHECK(context.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_any keeps what a loser finished although it was cancelled", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    auto any = co_await when_any(stubborn(&all->never, 1), wait_then(&all->event, 2), owned_after(&all->never));
    CHECK(any.first == 1);
    const auto& kept = std::get<0>(any.results);
    REQUIRE(kept.has_value());
    CHECK_FALSE(std::get<2>(any.results).has_value());
    co_return kept->get() * 10 + *std::get<1>(any.results);
  };
  Started started{context, body(this)};
  event.set();
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == 12);
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_any lets both win that ended in one turn and names the first", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    const auto any = co_await when_any(wait_then(&all->second_event, 1), wait_then(&all->event, 2));
    co_return static_cast<int>(any.first) * 100 + *std::get<0>(any.results) * 10 + *std::get<1>(any.results);
  };
  Started started{context, body(this)};
  event.set();
  second_event.set();
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == 112);
}

TEST_CASE("when_any starts every task even if the first is done at once", "[coro][when]") {
  auto body = []() -> Task<int> {
    Event never;
    const auto any = co_await when_any(value(1), wait_then(&never, 2), nothing());
    CHECK(any.first == 0);
    CHECK_FALSE(std::get<1>(any.results).has_value());
    CHECK(std::get<2>(any.results).has_value());
    const auto single = co_await when_any(owned(7));
    co_return *std::get<0>(any.results) + **std::get<0>(single.results);
  };
  CHECK(sync_wait(body()) == 8);
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "an exception of the first in when_any is rethrown, one of a loser is dropped",
                 "[coro][when]") {
  auto first_fails = [](Fixture* all) -> Task<int> {
    const auto any = co_await when_any(stubborn(&all->never, 1), fail_after(&all->event, "first"));
    co_return static_cast<int>(any.first);
  };
  auto loser_fails = [](Fixture* all) -> Task<int> {
    const auto any = co_await when_any(fail_when_cancelled(&all->never), wait_then(&all->event, 2));
    CHECK_FALSE(std::get<0>(any.results).has_value());
    co_return static_cast<int>(any.first);
  };
  Started failing{context, first_fails(this)};
  Started winning{context, loser_fails(this)};
  event.set();
  executor.run();
  REQUIRE(failing.done());
  CHECK_THROWS_WITH(failing.result(), "first");
  REQUIRE(winning.done());
  CHECK(winning.result() == 1);
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a cancellation from outside ends when_any with Cancelled", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    const auto any = co_await when_any(wait_then(&all->never, 1), wait_then(&all->never, 2));
    co_return static_cast<int>(any.first);
  };
  Started started{context, body(this)};
  context.cancel(CancelReason::shutdown);
  executor.run();
  CHECK(started.cancelled());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a result that crossed a cancellation from outside is not lost in when_any", "[coro][when]") {
  auto body = [](Fixture* all) -> Task<int> {
    const auto any = co_await when_any(wait_then(&all->never, 1), stubborn(&all->never, 2));
    CHECK(any.first == 1);
    CHECK_FALSE(std::get<0>(any.results).has_value());
    co_return std::get<1>(any.results)->get();
  };
  Started started{context, body(this)};
  context.cancel(CancelReason::shutdown);
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == 2);
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "joins nest and a cancellation reaches the innermost", "[coro][when]") {
  auto inner = [](Fixture* all) -> Task<int> {
    auto [first, second] = co_await when_all(wait_then(&all->event, 1), wait_then(&all->never, 2));
    co_return first + second;
  };
  auto body = [&inner](Fixture* all) -> Task<int> {
    const auto any = co_await when_any(inner(all), wait_then(&all->second_event, 5));
    co_return static_cast<int>(any.first);
  };
  Started started{context, body(this)};
  event.set();
  executor.run();
  CHECK_FALSE(started.done());
  second_event.set();
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == 1);
  CHECK(Tracked::all_well());
}

TEST_CASE("a join that is never awaited destroys its tasks unstarted", "[coro][when]") {
  auto body = [](Tracked tracked) -> Task<int> { co_return tracked.get(); };
  {
    auto all = when_all(body(Tracked(1)), body(Tracked(2)));
    auto any = when_any(body(Tracked(3)));
    CHECK(Tracked::living() == 3);
  }
  CHECK(Tracked::all_well());
}
