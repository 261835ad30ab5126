#pragma once

#include <gyre/coro/when_any.hpp>

namespace gyre {

/// Runs the tasks beside each other until the first *succeeds*, cancels the others (`CancelReason::sibling`) *and
/// joins them*, then returns:
///
///     const auto answer = co_await when_first_ok(ask(primary), ask(replica));
///
/// A task has failed if it threw, or ended with a `Result` that holds an error. The answer is that of `when_any`:
/// `first` is the place of the one that succeeded first, and `results` has everything that was returned, so that
/// nothing a loser acquired is lost; errors of a `Result` stand there too. What the losers threw is dropped.
///
/// If all fail, the first failure is thrown: an exception is rethrown, an error arrives as `Failure`. `Cancelled` (or
/// `Errc::cancelled`) is told of only if none failed otherwise. A cancellation of the awaiting task reaches every one
/// of them; one that succeeds all the same is returned, else `Cancelled` is thrown if it cut any of them short.
template <class... T>
  requires(sizeof...(T) > 0)
auto when_first_ok(Task<T>... tasks) {
  return detail::WhenFirstOkAwaiter<WhenAny<T...>, T...>{std::move(tasks)...};
}

/// The same where some are no tasks: `co_await when_first_ok(ask(site), from_cache.wait())`.
template <class... T>
  requires(NonTaskAwaitable<T> || ...)
auto when_first_ok(T... awaitables) {
  return when_first_ok(as_task(std::move(awaitables))...);
}

}  // namespace gyre
