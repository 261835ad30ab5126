#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/compat/httplib/task_queue.hpp>
#include <gyre/loop/loop_calls.hpp>

#include <functional>
#include <memory>
#include <mutex>

namespace gyre::compat::httplib::internal {

/// Where a server's handlers run: on the threads of its task queue, in simulation on the loop's way of having none.
class HandlerThreads {
 public:
  HandlerThreads() = default;
  HandlerThreads(const HandlerThreads&) = delete;
  HandlerThreads& operator=(const HandlerThreads&) = delete;
  ~HandlerThreads() { shut_down(); }

  void make_with(std::function<TaskQueue*()> maker) { maker_ = std::move(maker); }

  /// Runs a blocking function. Throws as `offload_calling`. On the loop.
  Task<> run(Loop& loop, Callback<void(LoopCalls&)> function);
  /// Waits for the queue's end; the next `run` has another one made.
  void shut_down() noexcept;

 private:
  /// Hands functions to a queue of the user's.
  class QueueStarter final : public FunctionStarter {
   public:
    void start(Callback<void()> function) override;
    TaskQueue* queue = nullptr;
  };

  void open();

  std::function<TaskQueue*()> maker_;
  std::mutex mutex_;
  std::unique_ptr<TaskQueue> queue_;
  OffloadPool* pool_ = nullptr;  ///< The queue's own, where it is a plain `ThreadPool`.
  QueueStarter starter_;
};

}  // namespace gyre::compat::httplib::internal
