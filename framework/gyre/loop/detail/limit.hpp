#pragma once

#include <gyre/loop/loop.hpp>

namespace gyre::detail {

/// Awaits a task in another context than the awaiting task's own.
template <class T>
class InContext {
 public:
  InContext(Context& context, Task<T>& task) noexcept : context_(&context), task_(&task) {}
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) noexcept {
    observer_.parent = handle;
    task_->start(*context_, observer_);
    if (--observer_.pending == 0) resume_next(handle);
  }
  T await_resume() const { return task_->result(); }

 private:
  /// Two must have arrived before the parent goes on: the task's end and the end of `await_suspend`.
  struct Observer : TaskObserver {
    Observer() noexcept : TaskObserver(&Observer::done) {}
    static void done(TaskObserver& self) noexcept {
      auto& observer = static_cast<Observer&>(self);
      if (--observer.pending == 0) resume_next(observer.parent);
    }
    std::coroutine_handle<> parent;
    unsigned pending = 2;
  };

  Context* context_;
  Task<T>* task_;
  Observer observer_;
};

/// Cancels a context at its deadline.
struct DeadlineTimer : Timer {
  explicit DeadlineTimer(Context& to_cancel) noexcept : Timer(&DeadlineTimer::fire), context(&to_cancel) {}
  static void fire(Timer& timer) noexcept {
    auto& self = static_cast<DeadlineTimer&>(timer);
    self.fired = true;
    self.context->cancel(CancelReason::deadline);
  }
  Context* context;
  bool fired = false;
};

/// Until when a task may run, and whether the cancellation of whoever awaits it reaches it.
class Limit {
 public:
  static Limit within(Duration length) noexcept { return {length, TimePoint{}, false}; }
  static Limit until(TimePoint when) noexcept { return {Duration::min(), when, false}; }
  static Limit shield(Duration length) noexcept { return {length, TimePoint{}, true}; }

  bool shielded() const noexcept { return shielded_; }
  TimePoint deadline(TimePoint now) const noexcept {
    return length_ == Duration::min() ? until_ : time_after(now, length_);
  }
  /// What the task runs in. Nothing comes down to a shielded one, no cancellation and no deadline.
  Context context(Context& outer) const noexcept { return Context{shielded_ ? *Loop::of(outer).shielded_ : outer}; }

 private:
  Limit(Duration length, TimePoint until, bool shielded) noexcept
      : length_(length), until_(until), shielded_(shielded) {}

  Duration length_;
  TimePoint until_;
  bool shielded_;
};

/// Runs a task to its end or its limit: `within`, `until` and `shield`.
template <class T>
Task<Result<T>> run_limited(Limit limit, Task<T> task) {
  Context& outer = co_await this_context();
  Loop& loop = Loop::of(outer);
  Context inner = limit.context(outer);
  const TimePoint deadline = limit.deadline(loop.now());
  inner.limit_deadline(deadline);
  DeadlineTimer timer{inner};
  loop.arm(timer, deadline);
  bool unwound = false;
  try {
    InContext<T> running{inner, task};
    if constexpr (std::is_void_v<T>) {
      co_await running;
      co_return Result<void>{};
    } else {
      co_return Result<T>{co_await running};
    }
  } catch (const Cancelled&) {
    unwound = true;
  }
  const bool from_outside = !limit.shielded() && outer.cancelled();
  if (unwound && (from_outside || !timer.fired)) throw Cancelled{};
  co_return Result<T>{Errc::timed_out};
}

}  // namespace gyre::detail
