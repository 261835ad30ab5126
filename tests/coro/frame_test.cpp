#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/frame.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <thread>
#include <vector>

using gyre::Context;
using gyre::Event;
using gyre::frame_statistics;
using gyre::FrameStatistics;
using gyre::sync_wait;
using gyre::Task;

namespace {

thread_local std::size_t operator_new_calls = 0;

}  // namespace

// Counts what the heap is asked for besides frames. Replaced for the whole executable, but not where a sanitizer has
// its own: it would no longer see a delete that does not match its new.
#if !defined(GYRE_SANITIZING)
void* operator new(std::size_t size) {
  ++operator_new_calls;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace {

// Under AddressSanitizer every frame is an allocation of its own.
bool recycles() {
  gyre::detail::frame_release(gyre::detail::frame_allocate(64), 64);
  return frame_statistics().cached_bytes > 0;
}

// A thread of its own has statistics of its own, from zero.
template <class Function>
void on_fresh_thread(Function function) {
  std::thread thread{function};
  thread.join();
}

Task<int> leaf(int value) { co_return value; }

Task<> wait_for(Event* event) { co_await event->wait(); }

Task<> nothing() { co_return; }

// One of everything that a request may use.
Task<int> everything() {
  Context& context = co_await gyre::this_context();
  const int one = co_await leaf(1);
  auto [two, three] = co_await gyre::when_all(leaf(2), leaf(3));
  Event event;
  const auto any = co_await gyre::when_any(wait_for(&event), leaf(4));
  gyre::Scope scope{context};
  scope.spawn(wait_for(&event));
  scope.spawn(wait_for, &event);
  event.set();
  co_await scope.join();
  co_return one + two + three + *std::get<1>(any.results);
}

// Not inlined, so that no compiler elides the frame.
[[gnu::noinline]] Task<int> big(int value) {
  char buffer[6000];
  std::memset(buffer, value, sizeof buffer);
  char* const kept = buffer;
  asm volatile("" : : "r"(kept) : "memory");
  co_await leaf(0);
  asm volatile("" : : "r"(kept) : "memory");
  co_return buffer[5999];
}

}  // namespace

TEST_CASE("a second run takes no frame from the heap", "[coro][frame]") {
  if (!recycles()) return;
  on_fresh_thread([] {
    sync_wait(everything());
    const FrameStatistics first = frame_statistics();
    sync_wait(everything());
    const FrameStatistics second = frame_statistics();
    CHECK(first.from_heap > 0);
    CHECK(second.from_heap == first.from_heap);
    CHECK(second.allocated == 2 * first.allocated);
    CHECK(second.allocated == second.released);
    CHECK(second.cached_bytes == first.cached_bytes);
  });
}

TEST_CASE("awaiting in a steady state allocates nothing", "[coro][frame]") {
  coro_test::ManualExecutor executor;
  Context context{executor};
  std::size_t calls = 0;
  auto body = [](std::size_t* counted) -> Task<int> {
    int sum = 0;
    const std::size_t before = operator_new_calls;
    for (int i = 0; i < 100; ++i) {
      sum += co_await leaf(1);
      Event event;
      event.set();
      co_await event.wait();
      auto [two, three] = co_await gyre::when_all(leaf(2), leaf(3));
      sum += two + three;
      Context& mine = co_await gyre::this_context();
      gyre::Scope scope{mine};
      scope.spawn(nothing);
      co_await scope.join();
    }
    *counted = operator_new_calls - before;
    co_return sum;
  };
  for (int round = 0; round < 2; ++round) {
    coro_test::Started started{context, body(&calls)};
    executor.run();
    CHECK(started.result() == 600);
  }
  CHECK(calls == 0);
}

TEST_CASE("frames above four kilobytes come from the heap and go back to it", "[coro][frame]") {
  on_fresh_thread([] {
    CHECK(sync_wait(big(3)) == 3);
    const FrameStatistics first = frame_statistics();
    CHECK(sync_wait(big(4)) == 4);
    const FrameStatistics second = frame_statistics();
    CHECK(second.from_heap > first.from_heap);
    CHECK(second.cached_bytes == first.cached_bytes);
    CHECK(second.allocated == second.released);
  });
}

TEST_CASE("sizes at the borders of the classes are usable to their last byte", "[coro][frame]") {
  std::vector<std::pair<void*, std::size_t>> blocks;
  for (const std::size_t size : {1, 63, 64, 65, 128, 4095, 4096, 4097, 100'000}) {
    for (int i = 0; i < 2; ++i) {
      void* block = gyre::detail::frame_allocate(size);
      CHECK(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t) == 0);
      std::memset(block, 0x5a, size);
      blocks.emplace_back(block, size);
    }
  }
  for (const auto& [block, size] : blocks) gyre::detail::frame_release(block, size);
}

TEST_CASE("what a thread caches stays below its bound", "[coro][frame]") {
  if (!recycles()) return;
  on_fresh_thread([] {
    constexpr std::size_t bound = std::size_t{16} << 20;
    std::vector<void*> blocks(5000);  // 20 MiB
    for (void*& block : blocks) block = gyre::detail::frame_allocate(4096);
    for (void* block : blocks) gyre::detail::frame_release(block, 4096);
    CHECK(frame_statistics().cached_bytes == bound);
    gyre::detail::frame_release(gyre::detail::frame_allocate(64), 64);
    CHECK(frame_statistics().cached_bytes == bound);
    for (void*& block : blocks) block = gyre::detail::frame_allocate(4096);
    CHECK(frame_statistics().cached_bytes == 0);
    for (void* block : blocks) gyre::detail::frame_release(block, 4096);
  });
}

TEST_CASE("a frame that another thread releases belongs to that thread from then on", "[coro][frame]") {
  if (!recycles()) return;
  std::optional<Task<int>> task;
  on_fresh_thread([&task] { task.emplace(leaf(1)); });
  on_fresh_thread([&task] {
    task.reset();
    const FrameStatistics after_release = frame_statistics();
    CHECK(after_release.allocated == 0);
    CHECK(after_release.released == 1);
    CHECK(after_release.cached_bytes > 0);
    CHECK(sync_wait(leaf(2)) == 2);
    CHECK(frame_statistics().from_heap == 0);
  });
}

TEST_CASE("frames may be released while their thread ends", "[coro][frame]") {
  struct Late {
    std::optional<Task<int>> task;
    ~Late() {
      task.reset();
      sync_wait(leaf(1));
      if (frame_statistics().cached_bytes != 0) std::abort();
    }
  };
  on_fresh_thread([] {
    static thread_local Late late;  // older than the recycler's own exit hook, so it dies after it
    late.task.emplace(leaf(1));
    sync_wait(leaf(2));  // the first release sets the hook
  });
}
