#pragma once

#include <gyre/loop/sim/sim_options.hpp>

#include <cstddef>
#include <cstdint>

namespace gyre::detail {

/// splitmix64: a generator apart from `Loop::random`, so that a program that asks for one number more keeps its order
/// of events.
class SimChance {
 public:
  explicit SimChance(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }
  /// Less than `limit`, which is not 0.
  std::size_t below(std::size_t limit) noexcept { return static_cast<std::size_t>(next() % limit); }
  bool coin() noexcept { return (next() & 1) != 0; }

  // What is off draws no number: one more option does not change what the others do.

  /// True for `hits` of a million.
  bool of_a_million(std::uint32_t hits) noexcept { return hits != 0 && next() % 1'000'000 < hits; }
  Duration delay(const SimDelay& range) noexcept {
    if (range.most <= range.least) return range.least;
    const auto width = static_cast<std::uint64_t>((range.most - range.least).count());
    return range.least + Duration{static_cast<std::int64_t>(next() % (width + 1))};
  }
  /// From nothing to `most`.
  Duration up_to(Duration most) noexcept { return delay({Duration{}, most}); }

 private:
  std::uint64_t state_;
};

/// Something that happens now and then.
class SimNowAndThen {
 public:
  /// About once in `every`; never if that is not positive.
  SimNowAndThen(Duration every, SimChance& chance) noexcept : every_(every) { next_after(TimePoint{}, chance); }
  bool happens(TimePoint until) const noexcept { return next_ <= until; }
  void next_after(TimePoint when, SimChance& chance) noexcept {
    if (every_ > Duration{}) next_ = time_after(when, chance.up_to(every_) + chance.up_to(every_));
  }

 private:
  Duration every_;
  TimePoint next_ = time_never;
};

}  // namespace gyre::detail
