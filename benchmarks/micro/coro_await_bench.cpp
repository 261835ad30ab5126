// What an await costs: of a small task, of a chain, of an event, of a join, of a semaphore, a channel and a shield;
// beside calls, and beside what the standard library has.
#include "allocations.hpp"

#include <gyre/coro/channel.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/semaphore.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/coro/when_first_ok.hpp>
#include <gyre/loop/make_loop.hpp>
#include <gyre/loop/shield.hpp>
#include <gyre/loop/within.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <semaphore>

using gyre::Context;
using gyre::Event;
using gyre::Task;
using gyre_benchmark::Allocations;

namespace {

// Called through pointers that the optimiser cannot see through, as a router calls its handlers: nothing is elided.
Task<int> small(int value) { co_return value + 1; }
Task<int> chain(int depth, int value) {
  if (depth == 0) co_return value + 1;
  co_return co_await chain(depth - 1, value);
}
Task<int> (*volatile opaque_small)(int) = small;
Task<int> (*volatile opaque_chain)(int, int) = chain;

// Runs `Body(state)` as a task on an executor that only has its own queue.
class QueueExecutor final : public gyre::Executor {
 public:
  QueueExecutor() : Executor(Kind::blocking) {}
  gyre::TimePoint now() const noexcept override { return {}; }
  void schedule(gyre::Work& work) noexcept override { queue_.push(work); }
  void post(gyre::Work& work) noexcept override { queue_.push(work); }
  void run() {
    while (!queue_.empty()) {
      gyre::Work& work = queue_.pop();
      work.run(work);
    }
  }

 private:
  gyre::WorkQueue queue_;
};

void run(Task<> task) {
  QueueExecutor executor;
  Context context{executor};
  gyre::detail::DoneFlag done;
  task.start(context, done);
  executor.run();
  task.result();
}

Task<> await_small(benchmark::State* state) {
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    value = co_await opaque_small(value);
    benchmark::DoNotOptimize(value);
  }
}

Task<> await_visible(benchmark::State* state) {
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    value = co_await small(value);
    benchmark::DoNotOptimize(value);
  }
}

Task<> await_chain(benchmark::State* state) {
  int value = 0;
  const Allocations allocations{*state};
  for (auto _ : *state) {
    value = co_await opaque_chain(7, value);
    benchmark::DoNotOptimize(value);
  }
}

Task<> set_each(Event* volatile* slot, bool* stop) {
  struct Turn : gyre::Work {
    explicit Turn(Event& target) : Work(&Turn::execute), event(&target) {}
    static void execute(Work& work) noexcept { static_cast<Turn&>(work).event->set(); }
    Event* event;
  };
  Context& context = co_await gyre::this_context();
  while (!*stop) {
    if (Event* event = *slot) event->set();
    Event next;
    Turn turn{next};
    context.executor().schedule(turn);
    co_await next.wait();
  }
}

// One round: the waiter parks, the other task sets its event, the executor wakes the waiter; and the same for the
// other task's own event. Two parks, two wakes, three pieces of work.
Task<> await_event(benchmark::State* state) {
  Event* volatile slot = nullptr;
  bool stop = false;
  gyre::Scope scope{co_await gyre::this_context()};
  scope.spawn(set_each(&slot, &stop));
  const Allocations allocations{*state};
  for (auto _ : *state) {
    Event event;
    slot = &event;
    co_await event.wait();
    slot = nullptr;
  }
  stop = true;
  co_await scope.join();
}

// An event that has happened is not waited for.
Task<> await_set_event(benchmark::State* state) {
  Event event;
  event.set();
  const Allocations allocations{*state};
  for (auto _ : *state) {
    co_await event.wait();
    benchmark::DoNotOptimize(event);
  }
}

Task<> race_two(benchmark::State* state) {
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const auto any = co_await gyre::when_any(opaque_small(1), opaque_small(2));
    benchmark::DoNotOptimize(any.first);
  }
}

Task<> join_two(benchmark::State* state) {
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const auto both = co_await gyre::when_all(opaque_small(1), opaque_small(2));
    benchmark::DoNotOptimize(both);
  }
}

Task<> first_ok_of_two(benchmark::State* state) {
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const auto answer = co_await gyre::when_first_ok(opaque_small(1), opaque_small(2));
    benchmark::DoNotOptimize(answer.first);
  }
}

Task<> acquire_and_release(benchmark::State* state) {
  gyre::Semaphore semaphore{1};
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const gyre::Semaphore::Permit permit = co_await semaphore.acquire();
    benchmark::DoNotOptimize(permit);
  }
}

Task<> send_and_receive(benchmark::State* state) {
  gyre::Channel<int> channel{16};
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const gyre::Result<void> sent = co_await channel.send(1);
    benchmark::DoNotOptimize(sent);
    const std::optional<int> received = co_await channel.receive();
    benchmark::DoNotOptimize(received);
  }
}

Task<> receive_all(gyre::Channel<int>* channel) {
  while (std::optional<int> value = co_await channel->receive()) benchmark::DoNotOptimize(value);
}

// A ring of one: every second value finds it full, so both sides park again and again.
Task<> send_to_a_receiver(benchmark::State* state) {
  gyre::Channel<int> channel{1};
  gyre::Scope scope{co_await gyre::this_context()};
  scope.spawn(receive_all(&channel));
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const gyre::Result<void> sent = co_await channel.send(1);
    benchmark::DoNotOptimize(sent);
  }
  channel.close();
  co_await scope.join();
}

Task<> shield_ready(benchmark::State* state) {
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const gyre::Result<int> result = co_await gyre::shield(std::chrono::seconds{1}, opaque_small(1));
    benchmark::DoNotOptimize(result);
  }
}

Task<> within_ready(benchmark::State* state) {
  const Allocations allocations{*state};
  for (auto _ : *state) {
    const gyre::Result<int> result = co_await gyre::within(std::chrono::seconds{1}, opaque_small(1));
    benchmark::DoNotOptimize(result);
  }
}

template <Task<> (*Body)(benchmark::State*)>
void in_loop(benchmark::State& state) {
  gyre::LoopOptions options;
  options.backend = gyre::Backend::epoll;
  auto loop = gyre::make_loop(options);
  (*loop)->run(Body(&state));
}

void counting_semaphore(benchmark::State& state) {
  std::counting_semaphore<8> semaphore{1};
  for (auto _ : state) {
    semaphore.acquire();
    benchmark::ClobberMemory();
    semaphore.release();
  }
}

void locked_deque(benchmark::State& state) {
  std::mutex mutex;
  std::deque<int> queue;
  const Allocations allocations{state};
  for (auto _ : state) {
    {
      const std::lock_guard lock{mutex};
      queue.push_back(1);
    }
    const std::lock_guard lock{mutex};
    int value = queue.front();
    queue.pop_front();
    benchmark::DoNotOptimize(value);
  }
}

template <Task<> (*Body)(benchmark::State*)>
void in_task(benchmark::State& state) {
  run(Body(&state));
}

int add_one(int value) { return value + 1; }
int (*volatile opaque_function)(int) = add_one;

void call(benchmark::State& state) {
  int value = 0;
  for (auto _ : state) {
    value = opaque_function(value);
    benchmark::DoNotOptimize(value);
  }
}

void call_std_function(benchmark::State& state) {
  std::function<int(int)> function = add_one;
  benchmark::DoNotOptimize(function);
  int value = 0;
  for (auto _ : state) {
    value = function(value);
    benchmark::DoNotOptimize(value);
  }
}

/// What a task that needed the heap would cost at least: a std::function with more than it holds in place.
void make_std_function(benchmark::State& state) {
  const std::array<int, 8> captured{1};
  int value = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    std::function<int(int)> function = [captured](int given) { return given + captured[0]; };
    benchmark::DoNotOptimize(function);
    value = function(value);
    benchmark::DoNotOptimize(value);
  }
}

BENCHMARK(in_task<await_small>)->Name("await a small task, opaque");
BENCHMARK(in_task<await_visible>)->Name("await a small task, visible");
BENCHMARK(in_task<await_chain>)->Name("await a chain of eight tasks");
BENCHMARK(in_task<await_event>)->Name("park, set and wake, twice");
BENCHMARK(in_task<await_set_event>)->Name("await an event that is set");
BENCHMARK(in_task<race_two>)->Name("when_any of two that are ready");
BENCHMARK(in_task<join_two>)->Name("when_all of two that are ready");
BENCHMARK(in_task<first_ok_of_two>)->Name("when_first_ok of two that are ready");
BENCHMARK(in_loop<within_ready>)->Name("within on a small task, opaque");
BENCHMARK(in_loop<shield_ready>)->Name("shield on a small task, opaque");
BENCHMARK(in_task<acquire_and_release>)->Name("semaphore: acquire and release, free");
BENCHMARK(counting_semaphore)->Name("baseline: std::counting_semaphore, free");
BENCHMARK(in_task<send_and_receive>)->Name("channel: send and receive, ready");
BENCHMARK(locked_deque)->Name("baseline: std::deque under std::mutex");
BENCHMARK(in_task<send_to_a_receiver>)->Name("channel: send to a task that receives, ring of one");
BENCHMARK(call)->Name("baseline: a function, opaque");
BENCHMARK(call_std_function)->Name("baseline: std::function");
BENCHMARK(make_std_function)->Name("baseline: std::function, made and called");

}  // namespace

BENCHMARK_MAIN();
