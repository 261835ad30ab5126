#pragma once

#include <gyre/coro/as_task.hpp>
#include <gyre/loop/detail/limit.hpp>

namespace gyre {

/// Runs `task` out of reach of the cancellation of the task that awaits it, for at most `bound`. For what has to be
/// done even then, such as a rollback:
///
///     bool cancelled = false;
///     try {
///       co_await transfer(connection);
///     } catch (const Cancelled&) {
///       cancelled = true;
///     }
///     if (cancelled) {
///       const Result<void> undone = co_await shield(2s, rollback(connection));
///       throw Cancelled{};
///     }
///
/// Neither a cancellation that is already there nor one that comes meanwhile reaches the task, and it does not inherit
/// the deadline. When `bound` is over the task is cancelled (`CancelReason::deadline`) and joined; the result is then
/// `Errc::timed_out`, unless it finished with a value all the same. Other exceptions pass through. `shield` itself
/// throws `Cancelled` only if the task does so of its own accord; the cancellation from outside waits at the next
/// await.
template <class T>
Task<Result<T>> shield(Duration bound, Task<T> task) {
  return detail::run_limited(detail::Limit::shield(bound), std::move(task));
}

/// The same for what is no task: `co_await shield(1s, sleep_for(20ms))`.
template <NonTaskAwaitable Awaitable>
auto shield(Duration bound, Awaitable awaitable) {
  return shield(bound, as_task(std::move(awaitable)));
}

}  // namespace gyre
