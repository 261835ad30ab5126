#include <gyre/wire/h2/internal/block_pool.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

using gyre::wire::internal::BlockPool;

namespace {

bool is_all(const void* memory, std::size_t size, unsigned char value) {
  const auto* const bytes = static_cast<const unsigned char*>(memory);
  return std::all_of(bytes, bytes + size, [&](unsigned char each) { return each == value; });
}

}  // namespace

TEST_CASE("blocks of a pool have their size and do not overlap", "[wire][h2]") {
  BlockPool pool;
  std::vector<unsigned char*> blocks;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t size = 0; size <= 2000; size += 7) {
      auto* const block = static_cast<unsigned char*>(pool.allocate(size));
      REQUIRE(block != nullptr);
      CHECK(reinterpret_cast<std::uintptr_t>(block) % alignof(void*) == 0);
      std::memset(block, static_cast<int>(size % 251), size);
      blocks.push_back(block);
    }
    for (std::size_t index = 0; index != blocks.size(); ++index) {
      CHECK(is_all(blocks[index], index * 7, static_cast<unsigned char>(index * 7 % 251)));
      pool.release(blocks[index]);
    }
    blocks.clear();
  }
  pool.release(nullptr);
}

TEST_CASE("blocks of a pool grow and shrink with what is in them, and can be all zeros", "[wire][h2]") {
  BlockPool pool;
  void* block = pool.reallocate(nullptr, 10);
  std::memset(block, 7, 10);
  for (const std::size_t size : {64, 65, 700, 5000, 20'000, 100, 768, 10}) {
    block = pool.reallocate(block, size);
    REQUIRE(block != nullptr);
    CHECK(is_all(block, 10, 7));
    std::memset(block, 7, size);
  }
  pool.release(block);
  for (int round = 0; round < 2; ++round) {
    void* const zeros = pool.allocate_zeroed(3, 20);
    CHECK(is_all(zeros, 60, 0));
    std::memset(zeros, 1, 60);
    pool.release(zeros);
  }
  CHECK(pool.allocate_zeroed(SIZE_MAX, 2) == nullptr);
}
