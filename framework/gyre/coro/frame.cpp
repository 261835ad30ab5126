#include <gyre/coro/frame.hpp>

#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define GYRE_PLAIN_FRAMES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GYRE_PLAIN_FRAMES 1
#endif
#endif

namespace gyre {
namespace {

constexpr std::size_t class_bytes = 64;
constexpr std::size_t class_count = 65;  // 0 is unused: class n holds frames of up to n * 64 bytes
/// What one thread keeps at most. A burst of frames beyond it goes back to the heap.
constexpr std::size_t cached_bytes_max = std::size_t{16} << 20;

struct FreeFrame {
  FreeFrame* next;
};

/// Trivial on purpose: thread-locals that are constant-initialised cost one load, those with a constructor or a
/// destructor cost a guard on each use. `Cleaner` empties it at thread exit instead.
struct Recycler {
  enum class State : unsigned char { fresh, live, retired };  ///< Live: `Cleaner` is registered and has not run.

  FreeFrame* free[class_count];
  FrameStatistics statistics;
  State state;
};

constinit thread_local Recycler recycler{};

struct Cleaner {
  Cleaner() noexcept { recycler.state = Recycler::State::live; }
  Cleaner(const Cleaner&) = delete;
  Cleaner& operator=(const Cleaner&) = delete;
  ~Cleaner() {
    recycler.state = Recycler::State::retired;
    for (FreeFrame*& head : recycler.free) {
      while (head != nullptr) {
        FreeFrame* next = head->next;
        std::free(head);
        head = next;
      }
    }
    recycler.statistics.cached_bytes = 0;
  }
};

std::size_t class_of(std::size_t size) noexcept { return (size + class_bytes - 1) / class_bytes; }

/// A recycled frame would hide a use after free from AddressSanitizer, so under it every frame is its own allocation.
#if defined(GYRE_PLAIN_FRAMES)
constexpr bool recycles = false;
#else
constexpr bool recycles = true;
#endif

/// Makes sure that what this thread caches is freed when it ends. A thread may come to its first frame by releasing
/// one that another thread allocated.
[[gnu::noinline]] void register_cleaner() noexcept {
  static thread_local Cleaner cleaner;
  (void)cleaner;
}

[[gnu::noinline]] void* allocate_from_heap(std::size_t size) {
  ++recycler.statistics.from_heap;
  const std::size_t index = class_of(size);
  void* frame = std::malloc(recycles && index < class_count ? index * class_bytes : size);
  if (frame == nullptr) throw std::bad_alloc{};
  return frame;
}

}  // namespace

FrameStatistics frame_statistics() noexcept { return recycler.statistics; }

void* detail::frame_allocate(std::size_t size) {
  Recycler& mine = recycler;
  ++mine.statistics.allocated;
  const std::size_t index = class_of(size);
  if (recycles && index < class_count) [[likely]] {
    if (FreeFrame* frame = mine.free[index]) [[likely]] {
      mine.free[index] = frame->next;
      mine.statistics.cached_bytes -= index * class_bytes;
      return frame;
    }
  }
  return allocate_from_heap(size);
}

void detail::frame_release(void* frame, std::size_t size) noexcept {
  Recycler& mine = recycler;
  ++mine.statistics.released;
  const std::size_t index = class_of(size);
  const std::size_t bytes = index * class_bytes;
  if (mine.state == Recycler::State::fresh) [[unlikely]]
    register_cleaner();
  if (recycles && index < class_count && mine.state == Recycler::State::live &&
      mine.statistics.cached_bytes + bytes <= cached_bytes_max) [[likely]] {
    auto* free = static_cast<FreeFrame*>(frame);
    free->next = mine.free[index];
    mine.free[index] = free;
    mine.statistics.cached_bytes += bytes;
    return;
  }
  std::free(frame);
}

}  // namespace gyre
