#include <gyre/compat/internal/httplib_threads.hpp>

#include <gyre/compat/internal/httplib_thread_pool.hpp>

#include <stdexcept>
#include <typeinfo>
#include <utility>

namespace gyre::compat::httplib::internal {
namespace {

/// A loop that runs the function itself would wait for itself, for ever.
struct Enqueuing {
  static thread_local bool here;
  Enqueuing() noexcept { here = true; }
  ~Enqueuing() { here = false; }
  Enqueuing(const Enqueuing&) = delete;
  Enqueuing& operator=(const Enqueuing&) = delete;
};
thread_local bool Enqueuing::here = false;

}  // namespace

Task<> HandlerThreads::run(Loop& loop, Callback<void(LoopCalls&)> function) {
  OffloadPool& own = loop.offload_pool();
  if (own.threadless()) return offload_calling(own, std::move(function));
  open();
  if (pool_ != nullptr) return offload_calling(*pool_, std::move(function));
  return offload_calling(static_cast<FunctionStarter&>(starter_), std::move(function));
}

void HandlerThreads::open() {
  const std::lock_guard lock{mutex_};
  if (queue_ != nullptr) return;
  queue_.reset(maker_ ? maker_() : nullptr);
  if (queue_ == nullptr) queue_ = std::make_unique<ThreadPool>(8);
  TaskQueue& queue = *queue_;
  pool_ = typeid(queue) == typeid(ThreadPool) ? &static_cast<ThreadPool&>(queue).state().pool : nullptr;
  starter_.queue = &queue;
}

void HandlerThreads::shut_down() noexcept {
  const std::lock_guard lock{mutex_};
  if (queue_ == nullptr) return;
  queue_->shutdown();
  queue_.reset();
}

void HandlerThreads::QueueStarter::start(Callback<void()> function) {
  auto shared = std::make_shared<Callback<void()>>(std::move(function));
  const Enqueuing enqueuing;
  queue->enqueue([shared = std::move(shared)] {
    if (Enqueuing::here) throw std::logic_error{"gyre: TaskQueue::enqueue has called the function itself"};
    (*shared)();
  });
}

}  // namespace gyre::compat::httplib::internal
