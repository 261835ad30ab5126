#pragma once

#include <cstddef>
#include <cstdint>

namespace gyre::simulate {

/// Numbers by a seed (splitmix64); each part of a schedule has a generator of its own.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31U);
  }
  /// Less than `limit`, which is not 0.
  std::size_t below(std::size_t limit) noexcept { return static_cast<std::size_t>(next() % limit); }
  bool one_in(std::size_t count) noexcept { return below(count) == 0; }
  template <class T, std::size_t size>
  const T& pick(const T (&choices)[size]) noexcept {
    return choices[below(size)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace gyre::simulate
