#pragma once

#include <gyre/loop/within.hpp>
#include <gyre/testing/failure.hpp>

#include <string>

namespace gyre::testing::internal {

/// Runs `task`, and throws `TimedOut` if it takes longer than `limit`. Without one (`Duration::max()`) no timer is
/// armed, so that a simulated run still notices when nothing can happen any more.
template <class T>
Task<T> limited(Duration limit, Task<T> task, const char* what) {
  if (limit == Duration::max()) {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      co_return;
    } else {
      T value = co_await std::move(task);
      co_return std::move(value);
    }
  }
  auto waiting = within(limit, std::move(task));
  auto result = co_await std::move(waiting);
  if (!result) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
    throw TimedOut{std::string{what} + " took longer than " + std::to_string(milliseconds) + " ms"};
  }
  if constexpr (!std::is_void_v<T>) co_return std::move(*result);
}

}  // namespace gyre::testing::internal
