// Semaphore and Mutex.
#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/coro/semaphore.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_any.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::CancelReason;
using gyre::Context;
using gyre::Event;
using gyre::Mutex;
using gyre::Semaphore;
using gyre::sync_wait;
using gyre::Task;

namespace {

/// Takes a permit, notes it, keeps it until `until` happens.
Task<> hold(Semaphore* semaphore, Event* until, std::string* log, char letter) {
  const Tracked local(letter);
  const Semaphore::Permit permit = co_await semaphore->acquire();
  *log += static_cast<char>(local.get());
  co_await until->wait();
}

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Context other{context};
  Semaphore semaphore{1};
  Event first;
  Event second;
  Event third;
  std::string log;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a semaphore serves in the order of arrival, not inside release", "[coro][semaphore]") {
  CHECK(semaphore.available() == 1);
  Started a{context, hold(&semaphore, &first, &log, 'a')};
  Started b{context, hold(&semaphore, &second, &log, 'b')};
  Started c{context, hold(&semaphore, &third, &log, 'c')};
  CHECK(log == "a");
  CHECK(semaphore.available() == 0);
  second.set();
  third.set();
  executor.run();
  CHECK(log == "a");
  first.set();
  CHECK(log == "a");
  executor.run();
  CHECK(log == "abc");
  CHECK(semaphore.available() == 1);
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "nobody passes by those who wait for a semaphore", "[coro][semaphore]") {
  auto held = semaphore.try_acquire();
  REQUIRE(held.has_value());
  CHECK_FALSE(semaphore.try_acquire().has_value());
  first.set();
  Started a{context, hold(&semaphore, &first, &log, 'a')};
  held->release();
  held->release();
  CHECK_FALSE(static_cast<bool>(*held));
  CHECK(semaphore.available() == 0);  // it is a's, who does not run yet
  CHECK_FALSE(semaphore.try_acquire().has_value());
  Started b{context, hold(&semaphore, &first, &log, 'b')};
  executor.run();
  CHECK(log == "ab");
  CHECK(semaphore.available() == 1);
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a free permit is had even in a cancelled context; none is Cancelled", "[coro][semaphore]") {
  other.cancel(CancelReason::requested);
  Started a{other, hold(&semaphore, &first, &log, 'a')};
  CHECK(a.cancelled());  // at its second wait
  CHECK(log == "a");
  CHECK(semaphore.available() == 1);
  const auto held = semaphore.try_acquire();
  Started b{other, hold(&semaphore, &first, &log, 'b')};
  CHECK(b.cancelled());
  CHECK(log == "a");
  CHECK(executor.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a permit and a cancellation in one turn: the first wins, the next waiter gets it",
                 "[coro][semaphore][cancel]") {
  const bool permit_first = GENERATE(false, true);
  auto held = semaphore.try_acquire();
  Started a{other, hold(&semaphore, &first, &log, 'a')};
  Started b{context, hold(&semaphore, &second, &log, 'b')};
  second.set();
  if (permit_first) held->release();
  other.cancel(CancelReason::requested);
  held->release();
  executor.run();
  CHECK(a.cancelled());
  CHECK(b.done());
  CHECK(log == (permit_first ? "ab" : "b"));
  CHECK(semaphore.available() == 1);
  CHECK(other.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a cancelled waiter leaves the queue, the others keep their order",
                 "[coro][semaphore][cancel]") {
  auto held = semaphore.try_acquire();
  first.set();
  Started a{context, hold(&semaphore, &first, &log, 'a')};
  Started b{other, hold(&semaphore, &first, &log, 'b')};
  Started c{context, hold(&semaphore, &first, &log, 'c')};
  other.cancel(CancelReason::requested);
  executor.run();
  CHECK(b.cancelled());
  CHECK_FALSE(a.done());
  held->release();
  executor.run();
  CHECK(log == "ac");
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "permits move, and an assignment gives back the old one", "[coro][semaphore]") {
  Semaphore two{2};
  auto one = two.try_acquire();
  Semaphore::Permit permit = std::move(*one);
  CHECK_FALSE(static_cast<bool>(*one));
  CHECK(two.available() == 1);
  auto another = two.try_acquire();
  CHECK(two.available() == 0);
  permit = std::move(*another);
  CHECK(two.available() == 1);
  permit = Semaphore::Permit{};
  CHECK(two.available() == 2);
}

TEST_CASE_METHOD(Fixture, "two semaphores in a race: what the loser got is not lost", "[coro][semaphore][when]") {
  Semaphore full{0};
  auto body = [](Semaphore* one, Semaphore* two) -> Task<> {
    const auto both = co_await gyre::when_any(one->acquire(), one->acquire(), two->acquire());
    CHECK(both.first == 0);
    CHECK(std::get<0>(both.results).has_value());
    CHECK_FALSE(std::get<1>(both.results).has_value());
    CHECK(one->available() == 0);
  };
  Started started{context, body(&semaphore, &full)};
  executor.run();
  REQUIRE(started.done());
  started.result();
  CHECK(semaphore.available() == 1);
}

TEST_CASE("many tasks never hold more permits than there are", "[coro][semaphore]") {
  ManualExecutor executor;
  Context context{executor};
  Semaphore semaphore{3};
  int inside = 0;
  int most = 0;
  auto work = [](Semaphore* shared, int* now, int* highest) -> Task<> {
    for (int round = 0; round < 10; ++round) {
      const Semaphore::Permit permit = co_await shared->acquire();
      *highest = std::max(*highest, ++*now);
      struct Turn : gyre::Work {
        explicit Turn(Event& target) : Work(&Turn::execute), event(&target) {}
        static void execute(gyre::Work& self) noexcept { static_cast<Turn&>(self).event->set(); }
        Event* event;
      };
      Event event;
      Turn turn{event};
      Context& mine = co_await gyre::this_context();
      mine.executor().schedule(turn);
      co_await event.wait();
      --*now;
    }
  };
  std::vector<std::unique_ptr<Started<void>>> tasks;
  for (int index = 0; index < 20; ++index) {
    tasks.push_back(std::make_unique<Started<void>>(context, work(&semaphore, &inside, &most)));
  }
  executor.run();
  for (const auto& task : tasks) CHECK(task->done());
  CHECK(most == 3);
  CHECK(semaphore.available() == 3);
}

TEST_CASE_METHOD(Fixture, "a mutex is held by one, goes from hand to hand, and is released by an exception",
                 "[coro][mutex]") {
  Mutex mutex;
  CHECK_FALSE(mutex.locked());
  auto fail = [](Mutex* shared, Event* event, std::string* text) -> Task<> {
    const Mutex::Lock lock = co_await shared->lock();
    *text += 'f';
    co_await event->wait();
    throw std::runtime_error("inside");
  };
  auto enter = [](Mutex* shared, std::string* text) -> Task<> {
    Mutex::Lock lock = co_await shared->lock();
    *text += 'e';
    lock.release();
    const bool again = shared->try_lock().has_value();
    *text += again ? '+' : '-';
  };
  Started failing{context, fail(&mutex, &first, &log)};
  Started entering{context, enter(&mutex, &log)};
  CHECK(mutex.locked());
  CHECK_FALSE(mutex.try_lock().has_value());
  CHECK(log == "f");
  first.set();
  executor.run();
  CHECK_THROWS_AS(failing.result(), std::runtime_error);
  CHECK(entering.done());
  CHECK(log == "fe+");
  CHECK_FALSE(mutex.locked());
}

// All orders of: release, cancel of the first waiter, one piece of work, a newcomer.
TEST_CASE("a permit reaches exactly one in every order of release, cancellation, turn and newcomer",
          "[coro][semaphore][cancel]") {
  std::string order = "cnrt";
  do {
    ManualExecutor executor;
    Context context{executor};
    Context other{context};
    Semaphore semaphore{1};
    Event done;
    done.set();
    std::string log;
    auto held = semaphore.try_acquire();
    Started a{other, hold(&semaphore, &done, &log, 'a')};
    std::optional<Started<void>> newcomer;
    for (const char step : order) {
      if (step == 'r') held->release();
      if (step == 'c') other.cancel(CancelReason::requested);
      if (step == 'n') newcomer.emplace(context, hold(&semaphore, &done, &log, 'n'));
      if (step == 't' && !executor.idle()) executor.run_one();
    }
    executor.run();
    INFO(order);
    REQUIRE(a.done());
    REQUIRE(newcomer->done());
    const bool granted = order.find('r') < order.find('c');
    CHECK(a.cancelled() == !granted);
    CHECK(log == (granted ? "an" : "n"));
    CHECK(semaphore.available() == 1);
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(Tracked::all_well());
}
