// What a timer costs: a thousand others are armed, as connections arm them, seconds ahead.
#include "allocations.hpp"

#include <gyre/loop/timer.hpp>

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <map>

using namespace std::chrono_literals;
using gyre_benchmark::Allocations;

namespace {

constexpr int others = 1000;

gyre::TimePoint later(int number) { return gyre::TimePoint{30s + std::chrono::milliseconds{number * 7}}; }

struct Wheel {
  Wheel() {
    for (int number = 0; number < others; ++number) {
      wheel.arm(timers.emplace_back([](gyre::Timer&) noexcept {}), later(number));
    }
  }
  gyre::TimerWheel wheel{1ms};
  std::deque<gyre::Timer> timers;
};

void arm_and_disarm(benchmark::State& state) {
  Wheel filled;
  gyre::Timer timer{[](gyre::Timer&) noexcept {}};
  int number = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    filled.wheel.arm(timer, later(++number % others));
    benchmark::ClobberMemory();
    timer.disarm();
  }
}

/// An armed timer is moved, as each request moves the deadline of its connection.
void rearm(benchmark::State& state) {
  Wheel filled;
  gyre::Timer timer{[](gyre::Timer&) noexcept {}};
  int number = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    filled.wheel.arm(timer, later(++number % others));
    benchmark::ClobberMemory();
  }
}

/// A timer from its arming to its firing, with the steps of the wheel between; time moves by 10 ms.
void arm_and_fire(benchmark::State& state) {
  static std::uint64_t fired;
  Wheel filled;
  filled.timers.clear();
  gyre::Timer timer{[](gyre::Timer&) noexcept { ++fired; }};
  gyre::TimePoint now{};
  fired = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    now += 10ms;
    filled.wheel.arm(timer, now);
    filled.wheel.advance(now);
  }
  if (fired != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("not fired");
}

/// What a turn of the loop asks when nothing is due.
void nothing_due(benchmark::State& state) {
  Wheel filled;
  const gyre::TimePoint now{};
  for (auto _ : state) {
    benchmark::DoNotOptimize(filled.wheel.next());
    filled.wheel.advance(now);
  }
}

void multimap(benchmark::State& state) {
  std::multimap<gyre::TimePoint, int> timers;
  for (int number = 0; number < others; ++number) timers.emplace(later(number), number);
  int number = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    const auto armed = timers.emplace(later(++number % others), number);
    benchmark::ClobberMemory();
    timers.erase(armed);
  }
}

void asio(benchmark::State& state) {
  boost::asio::io_context context{1};
  std::deque<boost::asio::steady_timer> timers;
  const auto now = std::chrono::steady_clock::now();
  for (int number = 0; number < others; ++number) {
    timers.emplace_back(context, now + later(number).time_since_epoch()).async_wait([](boost::system::error_code) {});
  }
  boost::asio::steady_timer timer{context};
  int number = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    timer.expires_at(now + later(++number % others).time_since_epoch());
    timer.async_wait([](boost::system::error_code) {});
    timer.cancel();
    context.poll_one();  // the handler, which is told of the cancellation
  }
}

BENCHMARK(arm_and_disarm)->Name("arm and disarm");
BENCHMARK(multimap)->Name("baseline: std::multimap, arm and disarm");
BENCHMARK(asio)->Name("baseline: Asio steady_timer, wait and cancel");
BENCHMARK(rearm)->Name("move an armed timer");
BENCHMARK(arm_and_fire)->Name("arm and fire");
BENCHMARK(nothing_due)->Name("nothing is due");

}  // namespace

BENCHMARK_MAIN();
