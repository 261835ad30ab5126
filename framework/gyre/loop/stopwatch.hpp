#pragma once

#include <gyre/coro/executor.hpp>

namespace gyre {

/// Measures how long something takes on an executor's thread, within one turn too, where `Executor::now` stands still:
/// by the system's monotonic clock. In simulation nothing takes time but waiting, so it is always 0 there within a
/// turn.
class Stopwatch {
 public:
  /// Starts. The executor outlives it.
  explicit Stopwatch(const Executor& executor) noexcept;
  Duration elapsed() const noexcept;

 private:
  TimePoint read() const noexcept;

  const Executor* executor_;
  bool simulated_;
  TimePoint start_;
};

}  // namespace gyre
