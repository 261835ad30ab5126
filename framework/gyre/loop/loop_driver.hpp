#pragma once

#include <gyre/coro/context.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/loop/loop.hpp>

#include <optional>
#include <string>

namespace gyre {

/// Runs a task on a loop turn by turn, inside somebody else's loop: `Loop::run` for who has to wait elsewhere.
///
///     gyre::LoopDriver driver{*loop, app.serve(*loop)};
///     do {
///       wait_for(driver.descriptor(), driver.timeout(), ...);  // poll(2), epoll, Asio, libuv, a toolkit
///     } while (driver.run_once());
///     driver.result();
///
/// The outer loop waits until `descriptor()` is readable or `timeout()` has passed, whichever is first, and then calls
/// `run_once()`. It asks for the timeout anew before each wait: asking also hands to the kernel what was queued since
/// the last turn. Calling too often costs a little; nothing is lost.
///
/// All on the loop's thread. One driver at a time on a loop, and no `Loop::run` beside it. `Loop::post`, from any
/// thread, makes the descriptor readable.
class LoopDriver {
 public:
  /// Starts the task, which runs until it first waits. Throws `Failure` if the kernel gives no descriptor; the task has
  /// not begun then.
  LoopDriver(Loop& loop, Task<> task);
  LoopDriver(const LoopDriver&) = delete;
  LoopDriver& operator=(const LoopDriver&) = delete;
  /// A task that has not ended is cancelled (`CancelReason::requested`), and this blocks until it has. What it throws
  /// then is dropped.
  ~LoopDriver();

  /// What to poll for being readable; never read from it. The loop's: valid as long as the loop, which closes it. -1 in
  /// simulation, where there is nothing to poll: call `run_once` again and again.
  int descriptor() const noexcept { return descriptor_; }

  /// How long from now the outer loop may wait at the most: 0 if there is work already, nothing if only the descriptor
  /// matters (or the task has ended). Where the outer loop counts in milliseconds, round up.
  std::optional<Duration> timeout() noexcept;

  /// One turn of the loop, of bounded length; never waits. False once the task has ended. In simulation time jumps as
  /// it does in `Loop::run`.
  bool run_once();

  bool done() const noexcept { return over_; }

  /// Cancels the task, which ends in a later turn: ask `timeout()` again, which is 0 now. Not from another thread: use
  /// what the task offers for that, such as `App::stop`, or `Loop::post`.
  void cancel(CancelReason reason = CancelReason::requested) noexcept { root_.cancel(reason); }

  /// Rethrows what the task threw; in simulation `Deadlock` if nothing could ever end it. Once, when it has ended.
  void result();

 private:
  struct Done : TaskObserver {
    Done() noexcept : TaskObserver([](TaskObserver& self) noexcept { static_cast<Done&>(self).done = true; }) {}
    bool done = false;
  };

  void settle() noexcept;
  bool simulated() const noexcept { return loop_->backend() == Backend::sim; }

  Loop* loop_;
  int descriptor_;
  Context root_;
  Task<> task_;
  Done observer_;
  std::string stuck_tasks_;
  unsigned stuck_ = 0;  ///< Times that nothing could happen any more.
  bool running_ = false;
  bool over_ = false;
};

}  // namespace gyre
