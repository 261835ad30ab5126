#pragma once

#include <cstddef>
#include <cstdint>

namespace gyre {

/// What the frame recycler of one thread has done so far: for tests and for a look at memory.
struct FrameStatistics {
  std::uint64_t allocated = 0;   ///< Frames handed out.
  std::uint64_t released = 0;    ///< Frames given back on this thread.
  std::uint64_t from_heap = 0;   ///< Frames that the recycler had to take from the heap.
  std::size_t cached_bytes = 0;  ///< Bytes kept for the next frames.
};

/// The calling thread's figures.
FrameStatistics frame_statistics() noexcept;

namespace detail {

/// Memory for a coroutine frame or another short-lived object of the loop: per-thread lists of 64-byte classes up to
/// 4 KiB, the heap above that. Out of line on purpose: a library and an application that were built with different
/// flags must share one allocator. Throws `std::bad_alloc`.
void* frame_allocate(std::size_t size);

/// Gives back what `frame_allocate` returned, on any thread, with the same size.
void frame_release(void* frame, std::size_t size) noexcept;

}  // namespace detail
}  // namespace gyre
