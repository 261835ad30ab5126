#include "heap.hpp"

#include <gyre/coro/frame.hpp>

#include <malloc.h>
#include <cstdlib>
#include <new>

namespace {

constinit thread_local std::size_t in_use = 0;

[[maybe_unused]] void* take(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc{};
  in_use += malloc_usable_size(memory);
  return memory;
}
[[maybe_unused]] void give_back(void* memory) noexcept {
  if (memory != nullptr) in_use -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

std::size_t gyre::simulate::heap_in_use() noexcept {
  const FrameStatistics frames = frame_statistics();
  // A frame that is in use, counted as one byte each: their sizes are the recycler's business.
  return in_use + static_cast<std::size_t>(frames.allocated - frames.released);
}

// A sanitizer looks for leaks by itself, and wants to see the program's own calls.
#if !defined(GYRE_SANITIZING)
void* operator new(std::size_t size) { return take(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
#endif
