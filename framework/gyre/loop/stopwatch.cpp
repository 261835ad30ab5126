#include <gyre/loop/stopwatch.hpp>

#include <gyre/loop/internal/clock.hpp>
#include <gyre/loop/loop.hpp>

namespace gyre {

Stopwatch::Stopwatch(const Executor& executor) noexcept
    : executor_(&executor),
      simulated_(executor.is_loop() && static_cast<const Loop&>(executor).backend() == Backend::sim),
      start_(read()) {}

Duration Stopwatch::elapsed() const noexcept { return read() - start_; }

TimePoint Stopwatch::read() const noexcept { return simulated_ ? executor_->now() : detail::monotonic_now(); }

}  // namespace gyre
