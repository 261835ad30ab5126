#pragma once

#include <gyre/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre {

/// Memory that is given back all at once: a request's own. Allocation is a pointer bump in the first block, which is
/// kept; larger needs take further blocks from the heap, freed by `reset`. Destructors are not run: only for bytes and
/// trivially destructible objects. Not thread-safe.
class Arena {
 public:
  /// Uses `first` (which must outlive it) until it is full.
  explicit Arena(MutableBytes first) noexcept : first_(first) { rewind(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  /// `size` bytes aligned to `alignment` (a power of two, at most 16). Throws `std::bad_alloc`.
  void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
    const std::uintptr_t begin = (next_ + alignment - 1) & ~(alignment - 1);
    if (size <= end_ - begin && begin <= end_) [[likely]] {
      next_ = begin + size;
      used_ += size;
      return reinterpret_cast<void*>(begin);
    }
    return allocate_block(size);
  }

  /// A copy of `text` that lives as long as the arena's contents.
  std::string_view copy(std::string_view text);

  /// Forgets everything. Debug builds overwrite the first block, so that a kept view is noticed.
  void reset() noexcept;

  /// Bytes handed out since the last `reset`.
  std::size_t used() const noexcept { return used_; }

 private:
  struct Block {
    Block* next;
  };

  void rewind() noexcept;
  void* allocate_block(std::size_t size);

  MutableBytes first_;
  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;
  std::size_t used_ = 0;
  Block* blocks_ = nullptr;
};

}  // namespace gyre
