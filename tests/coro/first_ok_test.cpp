#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_first_ok.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::CancelReason;
using gyre::Context;
using gyre::Errc;
using gyre::Event;
using gyre::Result;
using gyre::sync_wait;
using gyre::Task;
using gyre::when_first_ok;

namespace {

Task<int> value_after(Event* event, int value) {
  const Tracked local(value);
  co_await event->wait();
  co_return local.get();
}

Task<int> fail_after(Event* event, const char* text) {
  const Tracked local(1);
  co_await event->wait();
  throw std::runtime_error(text);
}

// Finishes although it is cancelled, as an operation whose result crossed the cancellation.
Task<Tracked> stubborn(Event* event, int value) {
  try {
    co_await event->wait();
  } catch (const gyre::Cancelled&) {
  }
  co_return Tracked(value);
}

Task<Result<Tracked>> error_after(Event* event, Errc code) {
  co_await event->wait();
  co_return Result<Tracked>{code};
}

Task<Result<Tracked>> result_after(Event* event, int value) {
  co_await event->wait();
  co_return Result<Tracked>{Tracked(value)};
}

// As an operation does: the cancellation is a value.
Task<Result<Tracked>> cancelled_as_value(Event* event) {
  bool cancelled = false;
  try {
    co_await event->wait();
  } catch (const gyre::Cancelled&) {
    cancelled = true;
  }
  if (cancelled) co_return Result<Tracked>{Errc::cancelled};
  co_return Result<Tracked>{Tracked(1)};
}

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

Task<int> cancel_itself() {
  throw gyre::Cancelled{};
  co_return 0;
}

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Event first;
  Event second;
  Event never;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "when_first_ok: the first success wins, the others are cancelled and joined",
                 "[coro][first_ok]") {
  auto body = [](Fixture* all) -> Task<> {
    const auto answer = co_await when_first_ok(value_after(&all->never, 1), fail_after(&all->first, "one"),
                                               value_after(&all->second, 3));
    CHECK(answer.first == 2);
    CHECK_FALSE(std::get<0>(answer.results).has_value());
    CHECK_FALSE(std::get<1>(answer.results).has_value());
    CHECK(std::get<2>(answer.results) == 3);
    CHECK(Tracked::living() == 0);
  };
  Started started{context, body(this)};
  first.set();
  executor.run();
  CHECK_FALSE(started.done());  // a failure does not decide
  second.set();
  executor.run();
  REQUIRE(started.done());
  started.result();
  CHECK_FALSE(context.cancelled());
  CHECK(context.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_first_ok: two that succeed in one turn are both returned", "[coro][first_ok]") {
  auto body = [](Fixture* all) -> Task<> {
    const auto answer = co_await when_first_ok(stubborn(&all->first, 1), stubborn(&all->second, 2));
    CHECK(answer.first == 1);
    CHECK(std::get<0>(answer.results)->get() == 1);
    CHECK(std::get<1>(answer.results)->get() == 2);
  };
  Started started{context, body(this)};
  second.set();
  first.set();
  executor.run();
  REQUIRE(started.done());
  started.result();
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_first_ok: a loser that finishes all the same is returned, one that throws is dropped",
                 "[coro][first_ok]") {
  auto body = [](Fixture* all) -> Task<> {
    const auto answer =
        co_await when_first_ok(stubborn(&all->never, 1), value_after(&all->first, 2), fail_when_cancelled(&all->never));
    CHECK(answer.first == 1);
    CHECK(std::get<0>(answer.results)->get() == 1);
    CHECK(std::get<1>(answer.results) == 2);
    CHECK_FALSE(std::get<2>(answer.results).has_value());
  };
  Started started{context, body(this)};
  first.set();
  executor.run();
  REQUIRE(started.done());
  started.result();
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_first_ok: if all fail the first failure is told, in every order", "[coro][first_ok]") {
  const bool second_first = GENERATE(false, true);
  auto body = [](Fixture* all) -> Task<> {
    const auto answer = co_await when_first_ok(fail_after(&all->first, "one"), cancel_itself(),
                                               error_after(&all->second, Errc::connection_refused));
    static_cast<void>(answer);
  };
  Started started{context, body(this)};
  (second_first ? second : first).set();
  executor.run();
  CHECK_FALSE(started.done());
  (second_first ? first : second).set();
  executor.run();
  REQUIRE(started.done());
  CHECK_THROWS_WITH(started.result(), second_first ? "connection_refused" : "one");
  CHECK(context.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_first_ok: an error in a Result is a failure, and is in the results",
                 "[coro][first_ok]") {
  auto body = [](Fixture* all) -> Task<> {
    const auto answer = co_await when_first_ok(error_after(&all->first, Errc::connection_refused),
                                               result_after(&all->second, 2), cancelled_as_value(&all->never));
    CHECK(answer.first == 1);
    REQUIRE(std::get<0>(answer.results).has_value());
    CHECK(std::get<0>(answer.results)->error() == Errc::connection_refused);
    CHECK((**std::get<1>(answer.results)).get() == 2);
    CHECK(std::get<2>(answer.results)->error() == Errc::cancelled);
  };
  Started started{context, body(this)};
  first.set();
  executor.run();
  CHECK_FALSE(started.done());
  second.set();
  executor.run();
  REQUIRE(started.done());
  started.result();
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_first_ok: cancelled from outside", "[coro][first_ok][cancel]") {
  SECTION("all unwind: Cancelled") {
    auto body = [](Fixture* all) -> Task<> {
      static_cast<void>(co_await when_first_ok(value_after(&all->never, 1), cancelled_as_value(&all->never)));
    };
    Started started{context, body(this)};
    context.cancel(CancelReason::client_gone);
    executor.run();
    CHECK(started.cancelled());
  }
  SECTION("one failed before: still Cancelled, for not all had their chance") {
    auto body = [](Fixture* all) -> Task<> {
      static_cast<void>(co_await when_first_ok(fail_after(&all->first, "one"), value_after(&all->never, 2)));
    };
    Started started{context, body(this)};
    first.set();
    executor.run();
    context.cancel(CancelReason::client_gone);
    executor.run();
    CHECK(started.cancelled());
  }
  SECTION("one succeeds all the same: that is the result") {
    auto body = [](Fixture* all) -> Task<> {
      const auto answer = co_await when_first_ok(value_after(&all->never, 1), stubborn(&all->never, 2));
      CHECK(answer.first == 1);
      CHECK_FALSE(std::get<0>(answer.results).has_value());
    };
    Started started{context, body(this)};
    context.cancel(CancelReason::client_gone);
    executor.run();
    REQUIRE(started.done());
    started.result();
  }
  SECTION("all fail otherwise: the first failure") {
    auto body = [](Fixture* all) -> Task<> {
      static_cast<void>(co_await when_first_ok(fail_when_cancelled(&all->never), fail_when_cancelled(&all->never)));
    };
    Started started{context, body(this)};
    context.cancel(CancelReason::client_gone);
    executor.run();
    REQUIRE(started.done());
    CHECK_THROWS_WITH(started.result(), "clean-up failed");
  }
  CHECK(context.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "when_first_ok: a success and a cancellation in one turn, both orders",
                 "[coro][first_ok][cancel]") {
  const bool success_first = GENERATE(false, true);
  auto body = [](Fixture* all) -> Task<> {
    const auto answer = co_await when_first_ok(value_after(&all->first, 1), value_after(&all->never, 2));
    CHECK(answer.first == 0);
  };
  Started started{context, body(this)};
  if (success_first) first.set();
  context.cancel(CancelReason::client_gone);
  first.set();
  executor.run();
  REQUIRE(started.done());
  CHECK(started.cancelled() == !success_first);
  CHECK(Tracked::all_well());
}

TEST_CASE("when_first_ok takes tasks that are done at once, void ones, and what is no task", "[coro][first_ok]") {
  auto body = []() -> Task<int> {
    Event set;
    set.set();
    auto nothing = []() -> Task<> { co_return; };
    auto value = [](int number) -> Task<int> { co_return number; };
    const auto one = co_await when_first_ok(nothing());
    CHECK(one.first == 0);
    const auto two = co_await when_first_ok(cancel_itself(), value(5), set.wait());
    CHECK(two.first == 1);
    CHECK(std::get<2>(two.results).has_value());
    co_return *std::get<1>(two.results);
  };
  CHECK(sync_wait(body()) == 5);
  auto alone = []() -> Task<> { static_cast<void>(co_await when_first_ok(cancel_itself())); };
  CHECK_THROWS_AS(sync_wait(alone()), gyre::Cancelled);
}

// What decides does so in every order in which three tasks end.
TEST_CASE("when_first_ok in every order of a success, a failure, an error and a cancellation", "[coro][first_ok]") {
  std::string order = "cefs";
  do {
    ManualExecutor executor;
    Context context{executor};
    Event success;
    Event failure;
    Event error;
    auto body = [](Event* good, Event* bad, Event* wrong) -> Task<std::size_t> {
      const auto answer = co_await when_first_ok(value_after(good, 1), fail_after(bad, "bad"),
                                                 error_after(wrong, Errc::connection_reset));
      co_return answer.first;
    };
    Started started{context, body(&success, &failure, &error)};
    for (const char step : order) {
      if (step == 's') success.set();
      if (step == 'f') failure.set();
      if (step == 'e') error.set();
      if (step == 'c') context.cancel(CancelReason::requested);
      executor.run();
    }
    INFO(order);
    REQUIRE(started.done());
    CHECK(started.cancelled() == (order.find('c') < order.find('s')));
    if (!started.cancelled()) CHECK(started.result() == 0);
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(Tracked::all_well());
}
