#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/compat/detail/callback_ledger.hpp>
#include <gyre/coro/context.hpp>
#include <gyre/http/response.hpp>

#include <atomic>
#include <coroutine>
#include <exception>
#include <source_location>
#include <utility>

namespace gyre::internal {
class StreamState;
}

namespace gyre::detail {

/// Which thread this is: an address that no other living thread has.
const void* this_thread_mark() noexcept;

/// Has an executor, whose thread has that mark, run `work` later. From any thread; and on its own also between the
/// turns of a loop, where a callback of somebody else's loop does not know that there is one to be woken.
void run_later(Executor& executor, const void* its_thread, Work& work) noexcept;

/// The answer that a callback handler owes. On the heap, shared by the request's task and all copies of the reply. It
/// is claimed once: by an answer, a failure, `next`, the death of the last copy, or the cancellation of the request.
///
/// Whoever claims it on behalf of the handler fills in the result and settles it. If the task is parked by then it is
/// posted to, once, and until that arrives it waits: so nobody posts to a loop that is gone. If the cancellation claims
/// it nobody else ever posts, and the task goes on by itself. If it is settled while the handler's function is still
/// being called there is nobody to wake: the task does not park.
class ReplyState final : private Work {
 public:
  using Event = CallbackLedger::Event;
  enum class Outcome : unsigned char { none, answer, failure, next, dropped, cancelled };

  /// Owned by the task, which also has one of the handles for as long as it calls the function.
  ReplyState(Request& request, const char* name, Executor& executor, const Shared<CallbackLedger>& ledger) noexcept
      : Work(&ReplyState::arrived),
        request_(&request),
        name_(name),
        executor_(&executor),
        thread_(this_thread_mark()),
        ledger_(ledger) {}
  ReplyState(const ReplyState&) = delete;
  ReplyState& operator=(const ReplyState&) = delete;

  // --- on any thread, by who has a handle -------------------------------------------------------------------------
  bool open() const noexcept { return outcome_.load(std::memory_order_acquire) == Outcome::none; }
  bool on_loop_thread() const noexcept { return this_thread_mark() == thread_; }

  Executor& executor() const noexcept { return *executor_; }
  const void* loop_thread() const noexcept { return thread_; }
  const Shared<CallbackLedger>& ledger() const noexcept { return ledger_; }
  /// The request, for the loop, and for as long as it is answered; what its route is called.
  Request& request() const noexcept { return *request_; }
  const char* name() const noexcept { return name_; }

  /// False, and counted, if it is claimed already: then nothing is done.
  bool answer(Response&& response, const std::source_location& where) noexcept;
  /// The same, with a body that `pushed` sends: what the function throws after that cuts it.
  bool answer(Response&& response, internal::StreamState& pushed, const std::source_location& where) noexcept;
  bool fail(std::exception_ptr failure, const std::source_location& where) noexcept;
  bool go_on(const std::source_location& where) noexcept;
  /// As `answer`, with the draft; `finish` makes it whole. What that throws is the failure.
  template <class Finish>
  bool answer_draft(Finish&& finish, const std::source_location& where) noexcept {
    if (!take(Outcome::answer, where)) return false;
    try {
      finish(response_);
    } catch (...) {
      failure_ = std::current_exception();
      outcome_.store(Outcome::failure, std::memory_order_relaxed);
    }
    settle();
    return true;
  }
  /// Is filled until somebody answers with it. By one thread at a time, and only while `open`.
  Response& draft() noexcept { return response_; }

  /// See `Reply::on_cancel`.
  void on_cancel(Callback<void(CancelReason)> callback);

  void add_handle() noexcept { handles_.fetch_add(1, std::memory_order_relaxed); }
  void drop_handle() noexcept;

  // --- on the task's thread ---------------------------------------------------------------------------------------
  /// The function has returned, or thrown `failure`: drops the task's handle.
  void called(const std::exception_ptr& failure) noexcept;
  /// The cancellation's claim. False: somebody else was first, and settles.
  bool cancel(CancelReason reason) noexcept;
  /// What has come of it, once it is settled.
  Outcome outcome() const noexcept { return outcome_.load(std::memory_order_relaxed); }
  Response take_response() noexcept { return std::move(response_); }
  std::exception_ptr take_failure() noexcept { return std::move(failure_); }
  /// The task ends: tells those who wait for a cancellation, or lets go of them, and of its share. The router hears
  /// what they throw, and what was done wrong.
  void close() noexcept;

 private:
  friend class ReplyWait;

  enum class Phase : unsigned char { calling, parked, settled };
  struct CancelNode {
    Callback<void(CancelReason)> callback;
    CancelNode* next;
  };

  ~ReplyState() = default;

  bool claim(Outcome outcome) noexcept {
    Outcome none = Outcome::none;
    return outcome_.compare_exchange_strong(none, outcome, std::memory_order_acq_rel, std::memory_order_acquire);
  }
  /// Claims, and counts; also what was too much.
  bool take(Outcome outcome, const std::source_location& where) noexcept;
  void count_excess(const std::source_location& where) noexcept;
  void settle() noexcept;
  bool settled() const noexcept { return phase_.load(std::memory_order_acquire) == Phase::settled; }
  void release() noexcept {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  static void arrived(Work& work) noexcept;

  Request* request_;
  const char* name_;
  Executor* executor_;
  const void* thread_;
  Shared<CallbackLedger> ledger_;
  std::coroutine_handle<> handle_;
  Context* context_ = nullptr;
  Response response_;                        ///< The draft, then the answer.
  internal::StreamState* pushed_ = nullptr;  ///< What sends its body; good while it is here.
  std::exception_ptr failure_;
  std::source_location where_;  ///< Of the call that claimed it.
  std::atomic<CancelNode*> on_cancel_ = nullptr;
  CancelReason cancel_reason_ = CancelReason::none;
  CancelReason told_reason_ = CancelReason::none;  ///< Once that list is closed.
  std::atomic<Outcome> outcome_ = Outcome::none;
  std::atomic<Phase> phase_ = Phase::calling;
  std::atomic<unsigned> handles_ = 1;
  std::atomic<unsigned> owners_ = 2;  ///< The task, and all handles together.
};

/// Waits until it is settled, or the context is cancelled. Lives in the task's frame.
class ReplyWait : private CancelHook {
 public:
  explicit ReplyWait(ReplyState& state) noexcept : CancelHook(&ReplyWait::on_cancel), state_(&state) {}

  bool await_ready() const noexcept { return state_->settled(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle,
                     std::source_location where = std::source_location::current()) noexcept {
    return park(handle, context_of(handle, where));
  }
  void await_resume() noexcept { CancelHook::unlink(); }

 private:
  bool park(std::coroutine_handle<> handle, Context& context) noexcept;
  static void on_cancel(CancelHook& hook) noexcept;

  ReplyState* state_;
};

}  // namespace gyre::detail
