#pragma once

#include <gyre/base/intrusive_list.hpp>
#include <gyre/base/time.hpp>

#include <cstdint>

namespace gyre {

/// An alarm of a loop: lives in whoever wants to be woken, disarms itself when destroyed.
class Timer : public ListHook<Timer> {
 public:
  using Handler = void (*)(Timer& self) noexcept;

  /// `fire` is called once per arming, on the loop's thread, with the timer already disarmed.
  explicit Timer(Handler fire) noexcept : fire_(fire) {}
  ~Timer() { disarm(); }

  bool armed() const noexcept { return linked(); }
  /// The instant it was armed for.
  TimePoint when() const noexcept { return when_; }

  /// Takes it out of its wheel. The wheel's bitmap is put right when it next looks at the slot.
  void disarm() noexcept { unlink(); }

 private:
  friend class TimerWheel;
  Handler fire_;
  TimePoint when_{};
};

/// Timers by time: eleven levels of 64 slots, each level's slot as long as the whole level below. Arm, disarm and fire
/// are list operations; a timer moves down at most once per level on its way. A tick is the resolution: a timer fires
/// in the first tick that does not begin before its instant, so never early and at most one tick late.
class TimerWheel {
 public:
  explicit TimerWheel(Duration tick) noexcept : tick_(tick.count()) {}

  /// Arms (or moves) a timer. An instant in the past fires at the next `advance`; `time_never` disarms.
  void arm(Timer& timer, TimePoint when) noexcept;

  /// When `advance` should be called next: never later than the first expiry, possibly earlier (a level must be
  /// unfolded). `time_never` if no timer is armed.
  TimePoint next() noexcept;

  /// Fires what is due at `now`, in order of ticks; within a tick in the order of arming, unless one of the two came
  /// down from a higher level. What a firing timer arms for an instant that has passed waits for a later tick or the
  /// next call, so this ends. At most `most` timers fire; the rest are the first of the next call, which `next` asks
  /// for at once.
  void advance(TimePoint now, unsigned most = ~0U) noexcept;

  /// True if no timer is armed.
  bool empty() noexcept { return next() == time_never; }

 private:
  static constexpr unsigned slot_bits = 6;
  static constexpr unsigned slots = 1u << slot_bits;
  static constexpr unsigned levels = 11;  // 66 bits of ticks

  using Slot = IntrusiveList<Timer>;

  struct Place {
    unsigned level;
    unsigned slot;
    std::uint64_t tick;  ///< The first tick of the slot.
  };

  std::uint64_t tick_of(TimePoint when) const noexcept;
  void place(Timer& timer) noexcept;
  bool find_next(Place& found) noexcept;
  void fire_due(unsigned& left) noexcept;

  std::int64_t tick_;
  std::uint64_t current_ = 0;            ///< The last tick that was advanced to; everything due up to it has fired.
  std::uint64_t occupied_[levels] = {};  ///< A bit per slot; may still be set for a slot that was emptied since.
  Slot due_;                             ///< Armed for a tick that has passed.
  Slot wheel_[levels][slots];
};

}  // namespace gyre
