#pragma once

// Counts what the heap is asked for, in a benchmark program. It replaces malloc, and with it operator new, so only the
// source with `main` includes it.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace gyre_benchmark {

// Constant-initialised: malloc is called before any constructor has run.
inline constinit thread_local std::uint64_t heap_calls = 0;

/// Stands right before the loop of a benchmark and tells it `allocs`: calls of the heap per iteration, rounded to
/// hundredths, so that what only the first iteration needs does not show.
class Allocations {
 public:
  explicit Allocations(benchmark::State& state) noexcept : state_(&state), before_(heap_calls) {}
  Allocations(const Allocations&) = delete;
  Allocations& operator=(const Allocations&) = delete;
  ~Allocations() {
    const auto calls = static_cast<double>(heap_calls - before_);
    const auto iterations = static_cast<double>(state_->iterations());
    state_->counters["allocs"] = iterations > 0 ? std::round(100 * calls / iterations) / 100 : 0;
  }

 private:
  benchmark::State* state_;
  std::uint64_t before_;
};

}  // namespace gyre_benchmark

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  ++gyre_benchmark::heap_calls;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++gyre_benchmark::heap_calls;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++gyre_benchmark::heap_calls;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++gyre_benchmark::heap_calls;
  return __libc_memalign(alignment, size);
}

}  // extern "C"
