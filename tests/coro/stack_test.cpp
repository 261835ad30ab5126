// The native stack must not grow with the number of awaits, neither nested nor in a row, on any compiler and at any
// optimisation. Measured by the addresses of stack frames, so that a failure is a number and not a crash.
#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>

using coro_test::deep;
using coro_test::flat;
using coro_test::ManualExecutor;
using coro_test::StackRange;
using coro_test::Started;
using gyre::Context;
using gyre::Event;
using gyre::sync_wait;
using gyre::Task;

namespace {

// Notes the stack on the way down and on the way up.
Task<int> nest(StackRange* stack, int depth) {
  stack->note();
  int levels = 0;
  if (depth > 0) levels = 1 + co_await nest(stack, depth - 1);
  stack->note();
  co_return levels;
}

Task<> nest_and_throw(StackRange* stack, int depth) {
  stack->note();
  if (depth == 0) throw std::runtime_error("bottom");
  try {
    co_await nest_and_throw(stack, depth - 1);
  } catch (...) {
    stack->note();
    throw;
  }
}

Task<int> nest_and_park(StackRange* stack, Event* event, int depth) {
  stack->note();
  int levels = 0;
  if (depth > 0) {
    levels = 1 + co_await nest_and_park(stack, event, depth - 1);
  } else {
    co_await event->wait();
  }
  stack->note();
  co_return levels;
}

Task<int> small(StackRange* stack) {
  stack->note();
  co_return 1;
}

Task<> nothing(StackRange* stack) {
  stack->note();
  co_return;
}

}  // namespace

TEST_CASE("a million nested awaits run and unwind on a flat stack", "[coro][stack]") {
  StackRange stack;
  CHECK(sync_wait(nest(&stack, deep)) == deep);
  CHECK(stack.bytes() < flat);
}

TEST_CASE("an exception climbs through many nested tasks on a flat stack", "[coro][stack]") {
  StackRange stack;
  CHECK_THROWS_WITH(sync_wait(nest_and_throw(&stack, deep / 10)), "bottom");
  CHECK(stack.bytes() < flat);
}

TEST_CASE("a deep chain that was parked is woken and cancelled on a flat stack", "[coro][stack]") {
  ManualExecutor executor;
  Context context{executor};
  StackRange woken;
  Event event;
  Started first{context, nest_and_park(&woken, &event, deep)};
  event.set();
  executor.run();
  REQUIRE(first.done());
  CHECK(first.result() == deep);
  CHECK(woken.bytes() < flat);

  StackRange cut;
  Event never;
  Started second{context, nest_and_park(&cut, &never, deep / 10)};
  context.cancel(gyre::CancelReason::requested);
  executor.run();
  CHECK(second.cancelled());
  CHECK(cut.bytes() < flat);
}

TEST_CASE("a million awaits in a row run on a flat stack", "[coro][stack]") {
  StackRange stack;
  auto loop = [](StackRange* range) -> Task<long> {
    long sum = 0;
    for (int i = 0; i < deep; ++i) sum += co_await small(range);
    co_return sum;
  };
  CHECK(sync_wait(loop(&stack)) == deep);
  CHECK(stack.bytes() < flat);
}

TEST_CASE("many joins whose children end at once run on a flat stack", "[coro][stack]") {
  StackRange stack;
  auto loop = [](StackRange* range) -> Task<long> {
    long sum = 0;
    for (int i = 0; i < deep / 10; ++i) {
      auto [first, second] = co_await gyre::when_all(small(range), small(range));
      const auto any = co_await gyre::when_any(small(range), nothing(range));
      sum += first + second + static_cast<long>(any.first);
    }
    co_return sum;
  };
  CHECK(sync_wait(loop(&stack)) == deep / 10 * 2);
  CHECK(stack.bytes() < flat);
}

TEST_CASE("many waits that another task ends run on a flat stack", "[coro][stack]") {
  ManualExecutor executor;
  Context context{executor};
  StackRange stack;
  Event* slot = nullptr;
  auto waits = [](StackRange* range, Event** place) -> Task<int> {
    for (int i = 0; i < deep / 10; ++i) {
      Event event;
      *place = &event;
      co_await event.wait();
      range->note();
    }
    *place = nullptr;
    co_return 1;
  };
  Started waiting{context, waits(&stack, &slot)};
  while (slot != nullptr) {
    slot->set();
    executor.run();
  }
  CHECK(waiting.done());
  CHECK(stack.bytes() < flat);
}

TEST_CASE("a scope starts and reaps many children on a flat stack", "[coro][stack]") {
  StackRange stack;
  auto body = [](StackRange* range) -> Task<> {
    Context& mine = co_await gyre::this_context();
    gyre::Scope scope{mine};
    for (int i = 0; i < deep / 10; ++i) scope.spawn(nothing, range);
    co_await scope.join();
    range->note();
  };
  sync_wait(body(&stack));
  CHECK(stack.bytes() < flat);
}
