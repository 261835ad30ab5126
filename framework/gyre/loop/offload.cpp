#include <gyre/loop/offload.hpp>

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace gyre {

struct OffloadPool::State {
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<std::thread> threads;
  detail::BlockingJob* first = nullptr;
  detail::BlockingJob** last = &first;
  unsigned queued = 0;
  unsigned limited = 0;  ///< Of those, what counts against `queue_max`.
  unsigned idle = 0;
  bool stopping = false;
};

OffloadPool::OffloadPool(OffloadOptions options) : options_(options), state_(make_box<State>()) {}

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

bool OffloadPool::submit(detail::BlockingJob& job) {
  const bool limited = job.admission_ == detail::BlockingJob::Admission::limited;
  const std::lock_guard lock{state_->mutex};
  if (limited && state_->limited >= options_.queue_max) return false;
  if (state_->idle <= state_->queued && state_->threads.size() < options_.threads_max) start_thread();
  job.next_ = nullptr;
  *state_->last = &job;
  state_->last = &job.next_;
  ++state_->queued;
  state_->limited += limited;
  state_->arrived.notify_one();
  return true;
}

// Where the system has no thread to give, those that are there already do the work, if there is one.
void OffloadPool::start_thread() {
  try {
    state_->threads.emplace_back([this] { work(); });
    ++state_->idle;
  } catch (const std::system_error&) {
    if (state_->threads.empty()) throw;
  }
}

bool OffloadPool::remove(detail::BlockingJob& job) noexcept {
  const std::lock_guard lock{state_->mutex};
  for (detail::BlockingJob** link = &state_->first; *link != nullptr; link = &(*link)->next_) {
    if (*link != &job) continue;
    *link = job.next_;
    if (state_->last == &job.next_) state_->last = link;
    --state_->queued;
    state_->limited -= job.admission_ == detail::BlockingJob::Admission::limited;
    return true;
  }
  return false;
}

void OffloadPool::work() noexcept {
  std::unique_lock lock{state_->mutex};
  for (;;) {
    state_->arrived.wait(lock, [this] { return state_->first != nullptr || state_->stopping; });
    if (state_->first == nullptr) return;
    detail::BlockingJob& job = *state_->first;
    state_->first = job.next_;
    if (state_->first == nullptr) state_->last = &state_->first;
    --state_->queued;
    state_->limited -= job.admission_ == detail::BlockingJob::Admission::limited;
    --state_->idle;
    lock.unlock();
    job.run();
    lock.lock();
    ++state_->idle;
  }
}

namespace detail {

bool BlockingJob::enqueue(OffloadPool& pool, Executor& executor) {
  pool_ = &pool;
  executor_ = &executor;
  on_loop_ = pool.options_.threads_max == 0;
  if (!on_loop_) return pool.submit(*this);
  executor.schedule(*this);
  return true;
}

void BlockingJob::withdraw() noexcept {
  if (on_loop_) {
    withdrawn_ = true;  // still in the loop's queue
  } else if (pool_->remove(*this)) {
    withdrawn_ = true;
    executor_->schedule(*this);
  }
}

// On a thread of the pool. The last touch is the post: the loop may destroy the job right after it.
void BlockingJob::run() noexcept {
  function_(*this);
  executor_->post(*this);
}

void BlockingJob::finished(Work& work) noexcept {
  auto& self = static_cast<BlockingJob&>(work);
  if (self.on_loop_ && !self.withdrawn_) self.function_(self);
  self.ended_(self);
}

bool OffloadJob::submit(std::coroutine_handle<> handle, Context& context) {
  if (context.cancelled()) {
    state_ = State::cancelled;
    return false;
  }
  Loop& loop = Loop::of(context);
  handle_ = handle;
  context_ = &context;
  context.add_hook(*this);  // first: once a thread has the job, this frame may go on at any time after we return
  if (enqueue(loop.offload_pool(), loop)) return true;
  CancelHook::unlink();
  state_ = State::refused;
  return false;
}

void OffloadJob::run(BlockingJob& job) noexcept {
  auto& self = static_cast<OffloadJob&>(job);
  self.call_(self);
}

void OffloadJob::ended(BlockingJob& job) noexcept {
  auto& self = static_cast<OffloadJob&>(job);
  self.CancelHook::unlink();
  self.state_ = self.withdrawn() ? State::cancelled : State::done;
  resume_in(*self.context_, self.handle_);
}

void OffloadJob::on_cancel(CancelHook& hook) noexcept { static_cast<OffloadJob&>(hook).withdraw(); }

void OffloadJob::await_resume() const {
  if (state_ == State::cancelled) throw Cancelled{};
  if (state_ == State::refused) throw Failure{Errc::limit_exceeded};
}

}  // namespace detail
}  // namespace gyre
