#include <gyre/wire/h2/internal/block_pool.hpp>

#include <cstdlib>
#include <cstring>

namespace gyre::wire::internal {

BlockPool::BlockPool() noexcept {
  for (std::size_t kind = 0; kind != class_count; ++kind) {
    kept_[kind].room = static_cast<std::uint32_t>(kept_max / ((kind + 1) * step));
  }
}

BlockPool::~BlockPool() {
  for (Kept& kept : kept_) {
    while (kept.first != nullptr) {
      Header* const block = kept.first;
      kept.first = block->next;
      std::free(block);
    }
  }
}

void* BlockPool::make(std::size_t kind, std::size_t size) noexcept {
  auto* const block = static_cast<Header*>(std::malloc(sizeof(Header) + size));
  if (block == nullptr) return nullptr;
  block->kind = kind;
  return block + 1;
}

void* BlockPool::allocate_zeroed(std::size_t count, std::size_t size) noexcept {
  std::size_t all = 0;
  if (__builtin_mul_overflow(count, size, &all)) return nullptr;
  void* const memory = allocate(all);
  return memory == nullptr ? nullptr : std::memset(memory, 0, all);
}

void* BlockPool::reallocate(void* memory, std::size_t size) noexcept {
  if (memory == nullptr) return allocate(size);
  Header* const block = static_cast<Header*>(memory) - 1;
  const std::size_t kind = block->kind;
  if (kind == no_class) {
    if (size <= class_count * step) size = class_count * step + 1;  // it stays what it is
    auto* const moved = static_cast<Header*>(std::realloc(block, sizeof(Header) + size));
    return moved == nullptr ? nullptr : moved + 1;
  }
  const std::size_t room = (kind + 1) * step;
  if (size <= room) return memory;
  void* const moved = allocate(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, room);
  release(memory);
  return moved;
}

}  // namespace gyre::wire::internal
