#include <gyre/base/arena.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace gyre {
namespace {

constexpr std::size_t block_bytes = 8192;
constexpr std::size_t block_header = alignof(std::max_align_t);

}  // namespace

Arena::~Arena() { reset(); }

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  auto* bytes = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

void Arena::rewind() noexcept {
  next_ = reinterpret_cast<std::uintptr_t>(first_.data());
  end_ = next_ + first_.size();
  used_ = 0;
}

void Arena::reset() noexcept {
  while (blocks_ != nullptr) {
    Block* next = blocks_->next;
    std::free(blocks_);
    blocks_ = next;
  }
#if !defined(NDEBUG)
  if (used_ != 0 && !first_.empty()) std::memset(first_.data(), 0xA5, first_.size());
#endif
  rewind();
}

// The rest of the block before is given up: blocks are large against what is put into them.
void* Arena::allocate_block(std::size_t size) {
  const std::size_t bytes = std::max(block_bytes, size + block_header);
  auto* block = static_cast<Block*>(std::malloc(bytes));
  if (block == nullptr) throw std::bad_alloc{};
  block->next = blocks_;
  blocks_ = block;
  next_ = reinterpret_cast<std::uintptr_t>(block) + block_header;
  end_ = reinterpret_cast<std::uintptr_t>(block) + bytes;
  void* memory = reinterpret_cast<void*>(next_);
  next_ += size;
  used_ += size;
  return memory;
}

}  // namespace gyre
