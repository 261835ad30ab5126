#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace gyre::wire::internal {

/// Memory for what nghttp2 makes anew for each stream: streams, frames that wait, copies of fields. With a hundred
/// streams at once that is more than malloc keeps at hand. Blocks that are given back are kept, up to `kept_max` bytes
/// of a size; larger ones come from malloc and go there. Not thread-safe; all blocks are given back before it dies.
class BlockPool {
 public:
  static constexpr std::size_t kept_max = 24 * 1024;

  BlockPool() noexcept;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  /// As malloc, calloc, realloc and free, for what is aligned like a pointer: nghttp2 has nothing else.
  void* allocate(std::size_t size) noexcept {
    const std::size_t kind = size == 0 ? 0 : (size - 1) / step;
    if (kind >= class_count) return make(no_class, size);
    Kept& kept = kept_[kind];
    if (kept.first == nullptr) return make(kind, (kind + 1) * step);
    Header* const block = kept.first;
    kept.first = block->next;
    ++kept.room;
    block->kind = kind;
    return block + 1;
  }
  void* allocate_zeroed(std::size_t count, std::size_t size) noexcept;
  void* reallocate(void* memory, std::size_t size) noexcept;
  void release(void* memory) noexcept {
    if (memory == nullptr) return;
    Header* const block = static_cast<Header*>(memory) - 1;
    const std::size_t kind = block->kind;
    if (!keeps || kind == no_class || kept_[kind].room == 0) return std::free(block);
    block->next = kept_[kind].first;
    kept_[kind].first = block;
    --kept_[kind].room;
  }

 private:
  // With AddressSanitizer nothing is kept, so that it sees whatever is used after it was given back.
#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool keeps = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  static constexpr bool keeps = false;
#else
  static constexpr bool keeps = true;
#endif
#else
  static constexpr bool keeps = true;
#endif
  static constexpr std::size_t step = 32;
  static constexpr std::size_t class_count = 24;  // up to 768 bytes
  static constexpr std::size_t no_class = class_count;

  /// In front of each block.
  union Header {
    std::size_t kind;  // its class
    Header* next;      // of those that are kept
  };
  struct Kept {
    Header* first = nullptr;
    std::uint32_t room = 0;  // for so many more
  };

  static void* make(std::size_t kind, std::size_t size) noexcept;

  std::array<Kept, class_count> kept_;
};

}  // namespace gyre::wire::internal
