#pragma once

#include <gyre/coro/task.hpp>

namespace gyre {
namespace detail {

/// Runs an executor's queue on the calling thread until an observed task is done, blocking while it is empty.
class BlockingExecutor final : public Executor {
 public:
  BlockingExecutor() noexcept;
  ~BlockingExecutor();

  TimePoint now() const noexcept override;
  void schedule(Work& work) noexcept override;
  void post(Work& work) noexcept override;

  void run_until(const bool& done) noexcept;

 private:
  struct Inbox;
  WorkQueue ready_;
  Inbox* inbox_;
};

struct DoneFlag : TaskObserver {
  DoneFlag() noexcept : TaskObserver([](TaskObserver& self) noexcept { static_cast<DoneFlag&>(self).done = true; }) {}
  bool done = false;
};

}  // namespace detail

/// Runs a task on the calling thread and returns its result; rethrows what it threw. For tests and for tasks that
/// need no loop: events, channels and callbacks from other threads work, timers and I/O do not (see `Loop::run`).
/// Blocks the thread; a task that waits for something that never comes blocks it for ever.
template <class T>
T sync_wait(Task<T> task) {
  detail::BlockingExecutor executor;
  Context context{executor};
  detail::DoneFlag flag;
  Task<T> body = std::move(task);  // ends before its context does
  body.start(context, flag);
  executor.run_until(flag.done);
  return body.result();
}

}  // namespace gyre
