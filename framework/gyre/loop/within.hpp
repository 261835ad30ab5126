#pragma once

#include <gyre/coro/as_task.hpp>
#include <gyre/loop/detail/limit.hpp>

namespace gyre {

/// Runs `task` for at most `length`:
///
///     Result<Quote> quote = co_await within(150ms, ask(site));
///
/// When the time is over the task is cancelled (`CancelReason::deadline`) and joined; the result is then
/// `Errc::timed_out`, unless the task finished with a value all the same: a value is never dropped. Other exceptions
/// pass through. A cancellation from outside reaches the task and unwinds as `Cancelled`, also if the time is over too.
template <class T>
Task<Result<T>> within(Duration length, Task<T> task) {
  return detail::run_limited(detail::Limit::within(length), std::move(task));
}

/// The same for what is no task: `co_await within(1s, event.wait())`.
template <NonTaskAwaitable Awaitable>
auto within(Duration length, Awaitable awaitable) {
  return within(length, as_task(std::move(awaitable)));
}

/// As `within`, until an instant of the loop's clock. Where that has passed the task still starts, and is cancelled
/// if it has to wait.
template <class T>
Task<Result<T>> until(TimePoint when, Task<T> task) {
  return detail::run_limited(detail::Limit::until(when), std::move(task));
}

template <NonTaskAwaitable Awaitable>
auto until(TimePoint when, Awaitable awaitable) {
  return until(when, as_task(std::move(awaitable)));
}

}  // namespace gyre
