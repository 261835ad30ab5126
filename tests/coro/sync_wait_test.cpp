#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using coro_test::Tracked;
using gyre::Context;
using gyre::Event;
using gyre::sync_wait;
using gyre::Task;
using gyre::Work;

namespace {

struct SetEvent : Work {
  explicit SetEvent(Event& target) : Work(&SetEvent::execute), event(&target) {}
  static void execute(Work& work) noexcept { static_cast<SetEvent&>(work).event->set(); }
  Event* event;
};

// Schedules itself until it is told to stop.
struct Busy : Work {
  explicit Busy(gyre::Executor& target) : Work(&Busy::execute), executor(&target) {}
  static void execute(Work& work) noexcept {
    auto& self = static_cast<Busy&>(work);
    ++self.rounds;
    if (!self.stop) self.executor->schedule(self);
  }
  gyre::Executor* executor;
  bool stop = false;
  long rounds = 0;
};

Task<int> woken_by_another_thread(int value) {
  Context& context = co_await gyre::this_context();
  Event event;
  SetEvent work{event};
  std::thread other{[&] { context.executor().post(work); }};
  co_await event.wait();
  other.join();
  co_return value;
}

}  // namespace

TEST_CASE("work that another thread posts wakes sync_wait", "[coro][sync_wait]") {
  for (int i = 0; i < 50; ++i) CHECK(sync_wait(woken_by_another_thread(i)) == i);
}

TEST_CASE("work that several threads post runs on the waiting thread", "[coro][sync_wait]") {
  auto body = []() -> Task<int> {
    auto [first, second, third] =
        co_await gyre::when_all(woken_by_another_thread(1), woken_by_another_thread(2), woken_by_another_thread(3));
    co_return first + second + third;
  };
  CHECK(sync_wait(body()) == 6);
}

TEST_CASE("work that schedules itself for ever does not shut out what is posted", "[coro][sync_wait]") {
  auto body = []() -> Task<long> {
    Context& context = co_await gyre::this_context();
    Busy busy{context.executor()};
    context.executor().schedule(busy);
    const int value = co_await woken_by_another_thread(1);
    busy.stop = true;
    Event event;
    SetEvent last{event};
    context.executor().schedule(last);  // behind the last round of the busy one
    co_await event.wait();
    co_return busy.rounds + value;
  };
  CHECK(sync_wait(body()) > 1);
}

TEST_CASE("several threads wait, each for its own task", "[coro][sync_wait]") {
  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&sum, i] {
      for (int round = 0; round < 20; ++round) sum += sync_wait(woken_by_another_thread(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(sum == 120);
}

TEST_CASE("sync_wait destroys the task before its context", "[coro][sync_wait]") {
  struct UnlinksLate {
    explicit UnlinksLate(std::unique_ptr<Context>* place) : child(place) {}
    UnlinksLate(UnlinksLate&& other) noexcept : child(std::exchange(other.child, nullptr)) {}
    ~UnlinksLate() {
      if (child != nullptr) child->reset();
    }
    std::unique_ptr<Context>* child;
  };
  std::unique_ptr<Context> child;
  auto body = [](UnlinksLate parameter) -> Task<int> {
    Context& context = co_await gyre::this_context();
    *parameter.child = std::make_unique<Context>(context);
    co_return 1;
  };
  CHECK(sync_wait(body(UnlinksLate{&child})) == 1);
  CHECK(child == nullptr);
}

TEST_CASE("sync_wait rethrows and leaves nothing behind", "[coro][sync_wait]") {
  auto body = [](Tracked tracked) -> Task<Tracked> {
    if (tracked.get() == 1) throw tracked.get();
    co_return tracked;
  };
  CHECK_THROWS_AS(sync_wait(body(Tracked(1))), int);
  CHECK(sync_wait(body(Tracked(2))).get() == 2);
  CHECK(Tracked::all_well());
}
