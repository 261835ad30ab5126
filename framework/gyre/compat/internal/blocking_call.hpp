#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/timer.hpp>

#include <exception>

namespace gyre::internal {

/// Where blocking functions run: on `pool`, or on the loop's own if that is nullptr. In simulation on the loop's in any
/// case, which has no threads, so that a run can be repeated.
OffloadPool& pool_for(Loop& loop, OffloadPool* pool);

/// Waits for a function on a thread of a pool: as `offload`, with a pool of one's own, and not for ever for a thread.
/// Lives in the task's frame.
class BlockingCall : private detail::BlockingJob, private CancelHook, private Timer {
 public:
  enum class Outcome : unsigned char {
    done,       ///< It has returned, or thrown: `failure`.
    cancelled,  ///< Before a thread took it: it never ran.
    shed,       ///< No thread took it in time, or the pool is full: it never ran.
  };

  /// `run` outlives the call. `pool` may be nullptr for the loop's own.
  BlockingCall(OffloadPool* pool, Duration queue_wait, const gyre::Callback<void()>& run) noexcept;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle,
                     std::source_location where = std::source_location::current()) noexcept {
    return submit(handle, detail::context_of(handle, where));
  }
  Outcome await_resume() const noexcept { return outcome_; }

  std::exception_ptr failure() const noexcept { return failure_; }

 private:
  bool submit(std::coroutine_handle<> handle, Context& context) noexcept;
  static void run(BlockingJob& job) noexcept;
  static void ended(BlockingJob& job) noexcept;
  static void on_cancel(CancelHook& hook) noexcept;
  static void on_timer(Timer& timer) noexcept;

  OffloadPool* pool_;
  Duration queue_wait_;
  const gyre::Callback<void()>* run_;
  std::exception_ptr failure_;
  std::coroutine_handle<> handle_;
  Context* context_ = nullptr;
  Outcome outcome_ = Outcome::done;
  bool waited_out_ = false;
};

}  // namespace gyre::internal
