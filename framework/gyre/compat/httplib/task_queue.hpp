#pragma once

#include <gyre/base/box.hpp>

#include <cstddef>
#include <functional>

namespace gyre::compat::httplib {

namespace internal {
struct ThreadPoolState;
}

/// Where a server has its handlers called: `Server::new_task_queue` makes one. What is enqueued is one request, or one
/// provider's answer, and not, as with cpp-httplib, a whole connection.
class TaskQueue {
 public:
  TaskQueue() = default;
  virtual ~TaskQueue() = default;

  /// Called on the loop's thread: it must not wait for a thread to be free. A function that is dropped without having
  /// been called is a 503; so is one that is called inside of this, where it throws.
  virtual void enqueue(std::function<void()> fn) = 0;
  /// Before it is deleted: waits for what was enqueued.
  virtual void shutdown() = 0;
  /// Never called: the loop that accepts connections does not poll.
  virtual void on_idle() {}
};

/// The queue that a server has unless it is told otherwise: `n` threads of an `OffloadPool`, started as they are
/// needed.
class ThreadPool : public TaskQueue {
 public:
  explicit ThreadPool(std::size_t n);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() override;

  void enqueue(std::function<void()> fn) override;
  void shutdown() override;

  /// How many threads it may have.
  std::size_t size() const noexcept { return size_; }
  /// For the server.
  internal::ThreadPoolState& state() noexcept { return *state_; }

 private:
  std::size_t size_;
  Box<internal::ThreadPoolState> state_;
};

}  // namespace gyre::compat::httplib
