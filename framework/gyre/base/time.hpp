#pragma once

// In libstdc++ <chrono> brings the calendar and with it the streams and locales: a fifth of what a small application
// takes to compile. Durations and their literals need none of that.
#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif

namespace gyre {

/// A length of time, in nanoseconds.
using Duration = std::chrono::nanoseconds;

/// The loop's clock: monotonic on real loops, virtual (starting at 0) in simulation. It has no `now()`: ask the loop
/// or the context, so that a test can drive it.
struct LoopClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<LoopClock>;
  static constexpr bool is_steady = true;
};

/// An instant on the loop's clock.
using TimePoint = LoopClock::time_point;

/// "Never": later than every instant that a timer can be armed for.
inline constexpr TimePoint time_never = TimePoint::max();

/// `now + length` without overflow: a length that does not fit gives `time_never`.
constexpr TimePoint time_after(TimePoint now, Duration length) noexcept {
  if (length >= time_never - now) return time_never;
  return now + length;
}

}  // namespace gyre
