#include "coro_support.hpp"

#include <gyre/coro/event.hpp>

#include <catch2/catch.hpp>

#include <exception>
#include <memory>
#include <string>
#include <vector>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::CancelReason;
using gyre::Context;
using gyre::Event;
using gyre::Task;

namespace {

Task<> wait_for(Event* event) { co_await event->wait(); }

Task<> wait_and_log(Event* event, std::string* log, char letter) {
  const Tracked local(letter);
  co_await event->wait();
  *log += static_cast<char>(local.get());
}

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Event event;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "waiters go on in the order in which they came, not inside set", "[coro][event]") {
  std::string log;
  Started first{context, wait_and_log(&event, &log, 'a')};
  Started second{context, wait_and_log(&event, &log, 'b')};
  Started third{context, wait_and_log(&event, &log, 'c')};
  CHECK_FALSE(event.is_set());
  event.set();
  CHECK(event.is_set());
  CHECK(log.empty());
  executor.run();
  CHECK(log == "abc");
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "an event that has happened is not waited for, even when cancelled", "[coro][event]") {
  event.set();
  event.set();
  context.cancel(CancelReason::requested);
  Started started{context, wait_for(&event)};
  REQUIRE(started.done());
  CHECK_NOTHROW(started.result());
  CHECK(executor.idle());
}

TEST_CASE_METHOD(Fixture, "a wait in a cancelled context throws without parking", "[coro][event]") {
  context.cancel(CancelReason::requested);
  Started started{context, wait_for(&event)};
  CHECK(started.cancelled());
  CHECK(executor.idle());
}

TEST_CASE_METHOD(Fixture, "a cancelled wait ends on the next turn and throws Cancelled", "[coro][event]") {
  Started started{context, wait_for(&event)};
  context.cancel(CancelReason::requested);
  CHECK_FALSE(started.done());  // nothing runs inside cancel
  executor.run();
  CHECK(started.cancelled());
  CHECK(context.idle());
}

TEST_CASE_METHOD(Fixture, "if an event and a cancellation come in one turn the first wins", "[coro][event]") {
  SECTION("the event first") {
    Started started{context, wait_for(&event)};
    event.set();
    context.cancel(CancelReason::requested);
    executor.run();
    REQUIRE(started.done());
    CHECK_NOTHROW(started.result());
  }
  SECTION("the cancellation first") {
    Started started{context, wait_for(&event)};
    context.cancel(CancelReason::requested);
    event.set();
    executor.run();
    CHECK(started.cancelled());
  }
}

TEST_CASE_METHOD(Fixture, "one waiter is cancelled and the others still wait in order", "[coro][event]") {
  Context other{context};
  std::string log;
  Started first{context, wait_and_log(&event, &log, 'a')};
  Started second{other, wait_and_log(&event, &log, 'b')};
  Started third{context, wait_and_log(&event, &log, 'c')};
  other.cancel(CancelReason::requested);
  executor.run();
  CHECK(second.cancelled());
  CHECK_FALSE(first.done());
  event.set();
  executor.run();
  CHECK(log == "ac");
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "Cancelled passes by handlers of std::exception and meets the task again", "[coro][event]") {
  bool swallowed = false;
  int cancelled = 0;
  auto handler = [](Event* awaited, bool* caught, int* times) -> Task<> {
    for (int i = 0; i < 3; ++i) {
      try {
        try {
          co_await awaited->wait();
        } catch (const std::exception&) {
          *caught = true;
        }
      } catch (const gyre::Cancelled&) {
        ++*times;
      }
    }
  };
  Started started{context, handler(&event, &swallowed, &cancelled)};
  context.cancel(CancelReason::deadline);
  executor.run();
  CHECK(started.done());
  CHECK_FALSE(swallowed);
  CHECK(cancelled == 3);
}

TEST_CASE_METHOD(Fixture, "a waiter may set another event, and the woken one waits again", "[coro][event]") {
  Event second;
  std::string log;
  auto relay = [](Event* from, Event* to, std::string* text) -> Task<> {
    co_await from->wait();
    *text += "r";
    to->set();
    co_await from->wait();
    *text += "e";
  };
  Started waiting{context, wait_and_log(&second, &log, 'w')};
  Started relaying{context, relay(&event, &second, &log)};
  event.set();
  executor.run();
  CHECK(log == "rew");
  CHECK(relaying.done());
  CHECK(waiting.done());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "the last waiter may destroy the event that woke it", "[coro][event]") {
  auto owner = [](std::unique_ptr<Event> mine) -> Task<> {
    co_await mine->wait();
    mine.reset();
  };
  auto owned = std::make_unique<Event>();
  Event* raw = owned.get();
  Started started{context, owner(std::move(owned))};
  raw->set();
  executor.run();
  CHECK(started.done());
}

TEST_CASE_METHOD(Fixture, "a cancellation reaches waits at every depth", "[coro][event]") {
  auto middle = [](Event* awaited) -> Task<> {
    const Tracked local(1);
    co_await wait_for(awaited);
  };
  auto outer = [&middle](Event* awaited, bool* unwound) -> Task<> {
    struct Flag {
      explicit Flag(bool* place) : flag(place) {}
      ~Flag() { *flag = true; }
      bool* flag;
    };
    const Flag flag{unwound};
    co_await middle(awaited);
  };
  bool unwound = false;
  Started started{context, outer(&event, &unwound)};
  context.cancel(CancelReason::client_gone);
  CHECK_FALSE(unwound);
  executor.run();
  CHECK(unwound);
  CHECK(started.cancelled());
  CHECK(Tracked::all_well());
}

// All orders of: set, cancel of the waiter's context, cancel of its parent, one piece of work.
TEST_CASE("a wait ends exactly once in every order of set, cancellations and turns", "[coro][event]") {
  std::string order = "cpsr";
  do {
    ManualExecutor executor;
    Context parent{executor};
    Context child{parent};
    Event event;
    std::string log;
    Started started{child, wait_and_log(&event, &log, 'x')};
    for (const char step : order) {
      if (step == 's') event.set();
      if (step == 'c') child.cancel(CancelReason::requested);
      if (step == 'p') parent.cancel(CancelReason::shutdown);
      if (step == 'r' && !executor.idle()) executor.run_one();
    }
    executor.run();
    INFO(order);
    REQUIRE(started.done());
    const bool set_first = order.find('s') < order.find('c') && order.find('s') < order.find('p');
    CHECK(started.cancelled() == !set_first);
    CHECK(log == (set_first ? "x" : ""));
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(Tracked::all_well());
}
