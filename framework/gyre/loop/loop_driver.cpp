#include <gyre/loop/loop_driver.hpp>

#include <gyre/coro/task_tree.hpp>
#include <gyre/loop/internal/clock.hpp>

#include <algorithm>
#include <utility>

namespace gyre {

LoopDriver::LoopDriver(Loop& loop, Task<> task)
    : loop_(&loop), descriptor_(loop.open_watched().value()), root_(loop), task_(std::move(task)) {
  running_ = true;
  loop.refresh();
  task_.start(root_, observer_);
  running_ = false;
  settle();
}

LoopDriver::~LoopDriver() {
  GYRE_ASSERT(!running_);
  if (over_) return;
  root_.cancel(CancelReason::requested);
  try {
    loop_->run_until(observer_.done, root_);
  } catch (const Deadlock&) {  // it has ended all the same
  }
}

void LoopDriver::settle() noexcept {
  if (!observer_.done) {
    (void)loop_->hand_over();
    return;
  }
  // What the task asked for last (closing a descriptor) still has to reach the kernel.
  loop_->flush();
  loop_->refresh();
  over_ = true;
}

// Once more handed over: the outer loop's own callbacks may have queued something, on this thread, since the last turn.
std::optional<Duration> LoopDriver::timeout() noexcept {
  if (over_) return std::nullopt;
  if (loop_->hand_over() || loop_->busy()) return Duration::zero();
  const TimePoint next = loop_->timers_.next();
  if (next == time_never) return std::nullopt;
  return std::max(next - detail::monotonic_now(), Duration::zero());
}

bool LoopDriver::run_once() {
  if (over_) return false;
  GYRE_ASSERT(!running_);
  running_ = true;
  if (!loop_->turn(simulated() ? loop_->timers_.next() : TimePoint::min())) {
    if (stuck_ == 0 && loop_->task_tree() != nullptr) stuck_tasks_ = loop_->task_tree()->text();
    loop_->break_deadlock(stuck_++, root_);
  }
  running_ = false;
  settle();
  return !over_;
}

void LoopDriver::result() {
  GYRE_ASSERT(over_);
  if (stuck_ != 0) throw Deadlock{stuck_tasks_};
  task_.result();
}

}  // namespace gyre
