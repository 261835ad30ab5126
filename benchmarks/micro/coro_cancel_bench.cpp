// What it costs to be cancellable: mostly without being cancelled, and once with.
#include "allocations.hpp"

#include <gyre/coro/context.hpp>
#include <gyre/coro/sync_wait.hpp>

#include <benchmark/benchmark.h>
#include <boost/asio/cancellation_signal.hpp>

#include <stop_token>

using gyre::Context;
using gyre_benchmark::Allocations;

namespace {

void ignore(gyre::CancelHook&) noexcept {}

void unused_hook(benchmark::State& state) {
  gyre::detail::BlockingExecutor executor;
  Context context{executor};
  gyre::CancelHook hook{ignore};
  const Allocations allocations{state};
  for (auto _ : state) {
    context.add_hook(hook);
    benchmark::ClobberMemory();
    hook.unlink();
  }
}

void unused_child(benchmark::State& state) {
  gyre::detail::BlockingExecutor executor;
  Context context{executor};
  const Allocations allocations{state};
  for (auto _ : state) {
    Context child{context};
    benchmark::DoNotOptimize(child);
  }
}

/// A tree of one request: its context, two children, a parked await in each.
void cancelled_tree(benchmark::State& state) {
  gyre::detail::BlockingExecutor executor;
  Context root{executor};
  const Allocations allocations{state};
  for (auto _ : state) {
    Context request{root};
    Context left{request};
    Context right{request};
    gyre::CancelHook left_hook{ignore};
    gyre::CancelHook right_hook{ignore};
    left.add_hook(left_hook);
    right.add_hook(right_hook);
    request.cancel(gyre::CancelReason::client_gone);
    benchmark::DoNotOptimize(right);
  }
}

void asio_slot(benchmark::State& state) {
  boost::asio::cancellation_signal signal;
  boost::asio::cancellation_slot slot = signal.slot();
  const Allocations allocations{state};
  for (auto _ : state) {
    slot.assign([](boost::asio::cancellation_type) {});
    benchmark::ClobberMemory();
    slot.clear();
  }
}

void stop_callback(benchmark::State& state) {
  std::stop_source source;
  const std::stop_token token = source.get_token();
  const Allocations allocations{state};
  for (auto _ : state) {
    std::stop_callback callback{token, [] {}};
    benchmark::DoNotOptimize(callback);
  }
}

BENCHMARK(unused_hook)->Name("cancel hook, unused");
BENCHMARK(asio_slot)->Name("baseline: Asio cancellation slot, unused");
BENCHMARK(stop_callback)->Name("baseline: std::stop_callback, unused");
BENCHMARK(unused_child)->Name("child context, unused");
BENCHMARK(cancelled_tree)->Name("cancel a request with two parked children");

}  // namespace

BENCHMARK_MAIN();
