#include <gyre/loop/offload.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace gyre {

struct OffloadPool::State {
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<std::thread> threads;
  detail::OffloadJob* first = nullptr;
  detail::OffloadJob** last = &first;
  unsigned queued = 0;
  unsigned idle = 0;
  bool stopping = false;
};

OffloadPool::OffloadPool(OffloadOptions options) : options_(options), state_(std::make_unique<State>()) {}

OffloadPool::~OffloadPool() {
  {
    const std::lock_guard lock{state_->mutex};
    GYRE_ASSERT(state_->first == nullptr);
    state_->stopping = true;
    state_->arrived.notify_all();
  }
  for (std::thread& thread : state_->threads) thread.join();
}

unsigned OffloadPool::threads() const noexcept {
  const std::lock_guard lock{state_->mutex};
  return static_cast<unsigned>(state_->threads.size());
}

bool OffloadPool::submit(detail::OffloadJob& job) {
  const std::lock_guard lock{state_->mutex};
  if (state_->queued >= options_.queue_max) return false;
  if (state_->idle <= state_->queued && state_->threads.size() < options_.threads_max) {
    state_->threads.emplace_back([this] { work(); });
    ++state_->idle;
  }
  job.next_ = nullptr;
  *state_->last = &job;
  state_->last = &job.next_;
  ++state_->queued;
  state_->arrived.notify_one();
  return true;
}

bool OffloadPool::remove(detail::OffloadJob& job) noexcept {
  const std::lock_guard lock{state_->mutex};
  for (detail::OffloadJob** link = &state_->first; *link != nullptr; link = &(*link)->next_) {
    if (*link != &job) continue;
    *link = job.next_;
    if (state_->last == &job.next_) state_->last = link;
    --state_->queued;
    return true;
  }
  return false;
}

void OffloadPool::work() noexcept {
  std::unique_lock lock{state_->mutex};
  for (;;) {
    state_->arrived.wait(lock, [this] { return state_->first != nullptr || state_->stopping; });
    if (state_->first == nullptr) return;
    detail::OffloadJob& job = *state_->first;
    state_->first = job.next_;
    if (state_->first == nullptr) state_->last = &state_->first;
    --state_->queued;
    --state_->idle;
    lock.unlock();
    job.run();
    lock.lock();
    ++state_->idle;
  }
}

namespace detail {

bool OffloadJob::submit(std::coroutine_handle<> handle, Context& context) {
  if (context.cancelled()) {
    state_ = State::cancelled;
    return false;
  }
  Loop& loop = Loop::of(context);
  pool_ = &loop.offload_pool();
  context_ = &context;
  handle_ = handle;
  on_loop_ = pool_->options_.threads_max == 0;
  context.add_hook(*this);  // first: once a thread has the job, this frame may go on at any time after we return
  if (on_loop_) {
    loop.schedule(*this);
  } else if (!pool_->submit(*this)) {
    CancelHook::unlink();
    state_ = State::refused;
    return false;
  }
  return true;
}

// On a thread of the pool. The last touch is the post: the loop may destroy the job right after it.
void OffloadJob::run() noexcept {
  function_(*this);
  context_->executor().post(*this);
}

void OffloadJob::finished(Work& work) noexcept {
  auto& self = static_cast<OffloadJob&>(work);
  self.CancelHook::unlink();
  if (self.state_ != State::cancelled) {
    if (self.on_loop_) self.function_(self);
    self.state_ = State::done;
  }
  resume(self.handle_);
}

void OffloadJob::on_cancel(CancelHook& hook) noexcept {
  auto& self = static_cast<OffloadJob&>(hook);
  if (self.on_loop_) {
    self.state_ = State::cancelled;  // still in the loop's queue
  } else if (self.pool_->remove(self)) {
    self.state_ = State::cancelled;
    self.context_->executor().schedule(self);
  }
}

void OffloadJob::await_resume() const {
  if (state_ == State::cancelled) throw Cancelled{};
  if (state_ == State::refused) throw Failure{Errc::limit_exceeded};
}

}  // namespace detail
}  // namespace gyre
