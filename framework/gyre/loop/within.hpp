#pragma once

#include <gyre/loop/loop.hpp>

namespace gyre {
namespace detail {

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

}  // namespace detail

/// Runs `task` for at most `length`:
///
///     Result<Quote> quote = co_await within(150ms, ask(site));
///
/// When the time is over the task is cancelled (`CancelReason::deadline`) and joined; the result is then
/// `Errc::timed_out`, unless the task finished with a value all the same: a value is never dropped. Other exceptions
/// pass through. A cancellation from outside reaches the task and unwinds as `Cancelled`, also if the time is over too.
template <class T>
Task<Result<T>> within(Duration length, Task<T> task) {
  Context& outer = co_await this_context();
  Loop& loop = Loop::of(outer);
  Context inner{outer};
  const TimePoint deadline = time_after(loop.now(), length);
  inner.limit_deadline(deadline);
  detail::DeadlineTimer timer{inner};
  loop.arm(timer, deadline);
  bool unwound = false;
  try {
    detail::InContext<T> running{inner, task};
    if constexpr (std::is_void_v<T>) {
      co_await running;
      co_return Result<void>{};
    } else {
      co_return Result<T>{co_await running};
    }
  } catch (const Cancelled&) {
    unwound = true;
  }
  if (unwound && (outer.cancelled() || !timer.fired)) throw Cancelled{};
  co_return Result<T>{Errc::timed_out};
}

}  // namespace gyre
