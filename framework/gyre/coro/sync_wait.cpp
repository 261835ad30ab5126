#include <gyre/coro/sync_wait.hpp>

#include <condition_variable>
#include <mutex>

namespace gyre::detail {

struct BlockingExecutor::Inbox {
  std::mutex mutex;
  std::condition_variable arrived;
  WorkQueue posted;
};

BlockingExecutor::BlockingExecutor() noexcept : Executor(Kind::blocking), inbox_(new Inbox) {}
BlockingExecutor::~BlockingExecutor() { delete inbox_; }

TimePoint BlockingExecutor::now() const noexcept { return TimePoint{}; }

void BlockingExecutor::schedule(Work& work) noexcept { ready_.push(work); }

void BlockingExecutor::post(Work& work) noexcept {
  // Notified under the lock: once it is released, the waiting thread may have finished and destroyed the inbox.
  const std::lock_guard lock{inbox_->mutex};
  inbox_->posted.push(work);
  inbox_->arrived.notify_one();
}

void BlockingExecutor::run_until(const bool& done) noexcept {
  while (!done) {
    {
      // Looks every time, so that work that schedules itself for ever does not shut out what is posted.
      std::unique_lock lock{inbox_->mutex};
      inbox_->arrived.wait(lock, [&] { return !ready_.empty() || !inbox_->posted.empty(); });
      while (!inbox_->posted.empty()) ready_.push(inbox_->posted.pop());
    }
    Work& work = ready_.pop();
    work.run(work);
  }
}

}  // namespace gyre::detail
