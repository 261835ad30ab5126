#pragma once

#include <gyre/loop/loop.hpp>
#include <gyre/web/state.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace httpbin {

/// The loop's source of randomness, for handlers that do not wait and so have no context: `LoopState<Random>`.
class Random {
 public:
  explicit Random(gyre::Loop& loop) noexcept : loop_(&loop) {}

  std::uint64_t operator()() { return loop_->random(); }
  /// From 0 up to, but not, 1.
  double fraction() { return static_cast<double>((*this)() >> 11U) / static_cast<double>(std::uint64_t{1} << 53U); }

 private:
  gyre::Loop* loop_;
};

/// Bytes that look random and are the same for the same seed (splitmix64, Steele and others 2014).
class Noise {
 public:
  explicit Noise(std::uint64_t seed) noexcept : state_(seed) {}

  std::string take(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(next() >> 56U);
    return bytes;
  }

 private:
  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace httpbin
