#pragma once

#include <gyre/coro/as_task.hpp>
#include <gyre/coro/detail/join.hpp>

namespace gyre {

/// What `when_any` gives: every result that arrived. A loser that finished although it was cancelled is there too, so
/// that nothing it acquired is lost.
template <class... T>
struct WhenAny {
  /// The place of the task that ended first, leaving out those that ended cancelled.
  std::size_t first;
  /// The results in the order of the tasks, empty for those that ended cancelled. `Unit` stands for void.
  std::tuple<std::optional<detail::UnlessVoid<T>>...> results;

  explicit WhenAny(std::size_t index) : first(index) {}
};

/// Runs the tasks beside each other until the first ends, cancels the others (`CancelReason::sibling`) *and joins
/// them*, then returns. If the first ended with an exception, that is rethrown (after the join); an exception of a
/// loser is dropped. A cancellation of the awaiting task reaches every one of them; what one of them finished all the
/// same is returned, and `Cancelled` is thrown only if there is nothing else to tell.
template <class... T>
  requires(sizeof...(T) > 0)
auto when_any(Task<T>... tasks) {
  return detail::WhenAnyAwaiter<WhenAny<T...>, T...>{std::move(tasks)...};
}

/// The same where some are no tasks: `co_await when_any(inbox.receive(), sleep_for(1s))`.
template <class... T>
  requires(NonTaskAwaitable<T> || ...)
auto when_any(T... awaitables) {
  return when_any(as_task(std::move(awaitables))...);
}

}  // namespace gyre
