#pragma once

#include <gyre/coro/as_task.hpp>
#include <gyre/coro/detail/join.hpp>

namespace gyre {

/// Runs the tasks beside each other and waits for all of them:
///
///     auto [user, orders] = co_await when_all(find_user(id), find_orders(id));
///
/// The result is a tuple in the order of the tasks; a `Task<void>` stands in it as `Unit`. The first that throws
/// cancels the others (`CancelReason::sibling`); all are joined, then its exception is rethrown (if it threw
/// `Cancelled` and another failed otherwise, that failure). A cancellation of the awaiting task reaches every one of
/// them.
template <class... T>
auto when_all(Task<T>... tasks) {
  return detail::WhenAllAwaiter<T...>{std::move(tasks)...};
}

/// The same where some are no tasks: `co_await when_all(ask(site), sleep_for(1s))`.
template <class... T>
  requires(NonTaskAwaitable<T> || ...)
auto when_all(T... awaitables) {
  return when_all(as_task(std::move(awaitables))...);
}

}  // namespace gyre
