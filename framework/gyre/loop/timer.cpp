#include <gyre/loop/timer.hpp>

#include <bit>
#include <limits>

namespace gyre {

std::uint64_t TimerWheel::tick_of(TimePoint when) const noexcept {
  const std::int64_t since = when.time_since_epoch().count();
  if (since <= 0) return 0;
  return static_cast<std::uint64_t>((since - 1) / tick_ + 1);  // rounded up: never early
}

void TimerWheel::arm(Timer& timer, TimePoint when) noexcept {
  timer.unlink();
  timer.when_ = when;
  if (when != time_never) place(timer);
}

// All timers of a level lie in the same slot of the level above as the current tick does, and in a later slot of their
// own level. So the level is the highest group of six bits in which the two ticks differ.
void TimerWheel::place(Timer& timer) noexcept {
  const std::uint64_t tick = tick_of(timer.when_);
  if (tick <= current_) {
    due_.push_back(timer);
    return;
  }
  const unsigned highest = 63u - static_cast<unsigned>(std::countl_zero(tick ^ current_));
  const unsigned level = highest / slot_bits;
  const unsigned slot = static_cast<unsigned>(tick >> (level * slot_bits)) & (slots - 1);
  wheel_[level][slot].push_back(timer);
  occupied_[level] |= std::uint64_t{1} << slot;
}

// The lowest level that has anything has the earliest, in its lowest slot.
bool TimerWheel::find_next(Place& found) noexcept {
  for (unsigned level = 0; level < levels; ++level) {
    while (occupied_[level] != 0) {
      const unsigned slot = static_cast<unsigned>(std::countr_zero(occupied_[level]));
      if (wheel_[level][slot].empty()) {
        occupied_[level] &= occupied_[level] - 1;
        continue;
      }
      const unsigned shift = level * slot_bits;
      const unsigned above = shift + slot_bits;
      const std::uint64_t base = above >= 64 ? 0 : (current_ >> above) << above;
      found = {level, slot, base | (std::uint64_t{slot} << shift)};
      return true;
    }
  }
  return false;
}

TimePoint TimerWheel::next() noexcept {
  const auto instant = [this](std::uint64_t tick) {
    constexpr auto last = std::numeric_limits<std::int64_t>::max() - 1;
    const auto ticks_max = static_cast<std::uint64_t>(last / tick_);
    return TimePoint{Duration{tick > ticks_max ? last : static_cast<std::int64_t>(tick) * tick_}};
  };
  if (!due_.empty()) return instant(current_);
  Place found;
  return find_next(found) ? instant(found.tick) : time_never;
}

// What is armed meanwhile, for an instant that has passed, waits in `due_`; so do those that are left over, before it.
void TimerWheel::fire_due(unsigned& left) noexcept {
  Slot batch;
  batch.splice_back(due_);
  for (; left > 0 && !batch.empty(); --left) {
    Timer& timer = batch.pop_front();
    timer.fire_(timer);
  }
  batch.splice_back(due_);
  due_.splice_back(batch);
}

void TimerWheel::advance(TimePoint now, unsigned most) noexcept {
  const auto target = static_cast<std::uint64_t>(now.time_since_epoch().count() / tick_);
  unsigned left = most;
  fire_due(left);
  Place found;
  while (left > 0 && find_next(found) && found.tick <= target) {
    current_ = found.tick;
    occupied_[found.level] &= ~(std::uint64_t{1} << found.slot);
    Slot unfolded;
    unfolded.splice_back(wheel_[found.level][found.slot]);
    while (!unfolded.empty()) place(unfolded.pop_front());
    fire_due(left);
  }
  if (left > 0 && target > current_) current_ = target;
}

}  // namespace gyre
