#include <gyre/compat/httplib/task_queue.hpp>

#include <gyre/compat/internal/httplib_thread_pool.hpp>

#include <algorithm>
#include <utility>

namespace gyre::compat::httplib {
namespace {

/// What ends on the thread where it ran.
class InPlace final : public Executor {
 public:
  InPlace() noexcept : Executor(Kind::blocking) {}
  TimePoint now() const noexcept override { return {}; }
  void schedule(Work& work) noexcept override { work.run(work); }
  void post(Work& work) noexcept override { work.run(work); }
};

/// A function that nobody waits for. Owns itself.
class Detached final : gyre::detail::BlockingJob {
 public:
  Detached(internal::ThreadPoolState& state, std::function<void()> function) noexcept
      : BlockingJob(&Detached::call, &Detached::destroy, Admission::always),
        state_(&state),
        function_(std::move(function)) {
    state.pending.fetch_add(1, std::memory_order_relaxed);
  }

  void start() {
    try {
      if (!enqueue(state_->pool, executor_)) destroy(*this);
    } catch (...) {  // not even a first thread could be started
      destroy(*this);
      throw;
    }
  }

 private:
  static void call(BlockingJob& job) noexcept { static_cast<Detached&>(job).function_(); }
  static void destroy(BlockingJob& job) noexcept {
    auto* const self = &static_cast<Detached&>(job);
    internal::ThreadPoolState& state = *self->state_;
    delete self;
    if (state.pending.fetch_sub(1, std::memory_order_acq_rel) == 1) state.pending.notify_all();
  }

  InPlace executor_;
  internal::ThreadPoolState* state_;
  std::function<void()> function_;
};

}  // namespace

ThreadPool::ThreadPool(std::size_t n)
    : size_(n),
      state_(make_box<internal::ThreadPoolState>(static_cast<unsigned>(std::clamp<std::size_t>(n, 1, 65'536)))) {}

ThreadPool::~ThreadPool() { shutdown(); }

void ThreadPool::enqueue(std::function<void()> fn) {
  auto* const job = new Detached{*state_, std::move(fn)};
  job->start();
}

void ThreadPool::shutdown() {
  for (auto left = state_->pending.load(std::memory_order_acquire); left != 0;) {
    state_->pending.wait(left, std::memory_order_acquire);
    left = state_->pending.load(std::memory_order_acquire);
  }
}

}  // namespace gyre::compat::httplib
