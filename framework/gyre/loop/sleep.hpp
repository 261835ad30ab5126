#pragma once

#include <gyre/base/error.hpp>
#include <gyre/coro/detail/waiter.hpp>
#include <gyre/loop/loop.hpp>

namespace gyre {
namespace detail {

/// A parked task with an alarm.
class SleepAwaiter : public Waiter, private Timer {
 public:
  SleepAwaiter(Duration length, TimePoint until) noexcept
      : Waiter(&SleepAwaiter::leave), Timer(&SleepAwaiter::alarm), length_(length), until_(until) {}
  /// Only before it is awaited.
  SleepAwaiter(SleepAwaiter&& other) noexcept : SleepAwaiter(other.length_, other.until_) {}

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle,
                     std::source_location where = std::source_location::current()) noexcept {
    Context& context = context_of(handle, where);
    if (!park(handle, context)) return false;
    Loop& loop = Loop::of(context);
    loop.arm(*this, length_ == Duration::min() ? until_ : time_after(loop.now(), length_));
    return true;
  }
  void await_resume() const {
    if (outcome() == Outcome::cancelled) throw Cancelled{};
  }

 private:
  static void alarm(Timer& timer) noexcept { static_cast<SleepAwaiter&>(timer).wake(); }
  static void leave(Waiter& waiter) noexcept { static_cast<SleepAwaiter&>(waiter).disarm(); }

  Duration length_;
  TimePoint until_;
};

}  // namespace detail

/// `co_await sleep_for(20ms);` Goes on once that time has passed: never early, at most a tick (1 ms; exact in
/// simulation) late. Throws `Cancelled` if the context is cancelled first; if both happen in one turn, the first wins.
inline detail::SleepAwaiter sleep_for(Duration length) noexcept {
  return {length < Duration::zero() ? Duration::zero() : length, TimePoint{}};
}

/// As `sleep_for`, until an instant of the loop's clock.
inline detail::SleepAwaiter sleep_until(TimePoint when) noexcept { return {Duration::min(), when}; }

}  // namespace gyre
