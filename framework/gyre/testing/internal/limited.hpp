#pragma once

#include <gyre/loop/within.hpp>
#include <gyre/testing/failure.hpp>

#include <string>

namespace gyre::testing::internal {

[[noreturn]] inline void throw_timed_out(Duration limit, const char* what) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  throw TimedOut{std::string{what} + " took longer than " + std::to_string(milliseconds) + " ms"};
}

/// Runs `task`, and throws `TimedOut` if it takes longer than `limit`. Without one (`Duration::max()`) no timer is
/// armed, so that a simulated run still notices when nothing can happen any more.
inline Task<> limited(Duration limit, Task<> task, const char* what) {
  if (limit == Duration::max()) {
    co_await std::move(task);
    co_return;
  }
  auto waiting = within(limit, std::move(task));
  const Result<void> ended = co_await std::move(waiting);
  if (!ended) throw_timed_out(limit, what);
}

/// The same for an operation, which says as a value that it was cancelled: here that is `Cancelled`, `TimedOut`, or
/// `WrongAnswer` if it was neither the task nor the time, whichever it was.
template <class T>
Task<Result<T>> limited(Duration limit, Task<Result<T>> task, const char* what) {
  Context& context = co_await this_context();
  const TimePoint end = time_after(context.executor().now(), limit);
  Result<T> result = Errc::timed_out;
  if (limit == Duration::max()) {
    result = co_await std::move(task);
  } else {
    auto waiting = within(limit, std::move(task));
    Result<Result<T>> ended = co_await std::move(waiting);
    if (ended) result = std::move(*ended);
    if (!ended && !context.cancelled()) throw_timed_out(limit, what);
  }
  const bool cancelled = !result && result.error() == Errc::cancelled;
  if (cancelled && context.cancelled()) throw Cancelled{};
  if (cancelled && context.executor().now() >= end) throw_timed_out(limit, what);
  if (cancelled) throw WrongAnswer{std::string{what} + " was cancelled, and not by the test"};
  co_return std::move(result);
}

}  // namespace gyre::testing::internal
