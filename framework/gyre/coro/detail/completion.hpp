#pragma once

#include <gyre/coro/context.hpp>

#include <atomic>
#include <coroutine>

namespace gyre::detail {

/// What the copies of a completion callback and the task that waits for it share. On the heap, because either side may
/// outlive the other. It ends once: by the first call, or by the death of the last copy. Whoever claims that end posts
/// the state to the task's executor, once, and the task waits for this; so nobody posts to an executor that is gone.
class CompletionState : private Work {
 public:
  /// Owned by the task, and by one callback.
  explicit CompletionState(Executor& executor) noexcept : Work(&CompletionState::arrived), executor_(&executor) {}
  CompletionState(const CompletionState&) = delete;

  // --- on any thread ----------------------------------------------------------------------------------------------
  bool claimed() const noexcept { return claimed_.load(std::memory_order_relaxed); }
  /// True for the first: it decides how the wait ends. It fills in a result and calls `settle`, or waits for nothing.
  bool claim() noexcept { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  void settle() noexcept;
  void add_callback() noexcept { callbacks_.fetch_add(1, std::memory_order_relaxed); }
  void drop_callback() noexcept;

  // --- on the task's thread ---------------------------------------------------------------------------------------
  void resume_on_arrival(std::coroutine_handle<> handle, Context& context) noexcept {
    handle_ = handle;
    context_ = &context;
  }
  /// The task no longer needs it.
  void release() noexcept;

 protected:
  virtual ~CompletionState();

 private:
  static void arrived(Work& work) noexcept;

  Executor* executor_;
  std::coroutine_handle<> handle_;
  Context* context_ = nullptr;
  std::atomic<bool> claimed_ = false;
  std::atomic<unsigned> callbacks_ = 1;
  std::atomic<unsigned> owners_ = 2;  ///< The task, all callbacks together, and the post that is on its way.
};

}  // namespace gyre::detail
