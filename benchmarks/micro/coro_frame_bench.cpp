// What a coroutine frame costs to get and to give back, beside the heap.
#include "allocations.hpp"

#include <gyre/coro/frame.hpp>
#include <gyre/coro/task.hpp>

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory_resource>

using gyre_benchmark::Allocations;

namespace {

void frame(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Allocations allocations{state};
  for (auto _ : state) {
    void* memory = gyre::detail::frame_allocate(size);
    benchmark::DoNotOptimize(memory);
    gyre::detail::frame_release(memory, size);
  }
}

void heap(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Allocations allocations{state};
  for (auto _ : state) {
    void* memory = std::malloc(size);
    benchmark::DoNotOptimize(memory);
    std::free(memory);
  }
}

void pool(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::pmr::unsynchronized_pool_resource memory_pool;
  const Allocations allocations{state};
  for (auto _ : state) {
    void* memory = memory_pool.allocate(size);
    benchmark::DoNotOptimize(memory);
    memory_pool.deallocate(memory, size);
  }
}

gyre::Task<int> small(int value) { co_return value + 1; }
gyre::Task<int> (*volatile opaque_small)(int) = small;

/// A call that is never awaited: the frame is made, and goes with the task.
void unawaited_task(benchmark::State& state) {
  const Allocations allocations{state};
  for (auto _ : state) {
    gyre::Task<int> task = opaque_small(1);
    benchmark::DoNotOptimize(task);
  }
}

constexpr std::int64_t small_frame = 128;
constexpr std::int64_t large_frame = 2048;
constexpr std::int64_t uncached_frame = 8192;  // above what the recycler keeps

BENCHMARK(frame)->Name("frame")->Arg(small_frame)->Arg(large_frame)->Arg(uncached_frame);
BENCHMARK(heap)->Name("baseline: malloc")->Arg(small_frame)->Arg(large_frame)->Arg(uncached_frame);
BENCHMARK(pool)->Name("baseline: std::pmr pool")->Arg(small_frame)->Arg(large_frame);
BENCHMARK(unawaited_task)->Name("task that is not awaited");

}  // namespace

BENCHMARK_MAIN();
