#pragma once

#include <gyre/base/result.hpp>
#include <gyre/coro/detail/completion.hpp>
#include <gyre/coro/task.hpp>

#include <concepts>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

template <class T>
struct TypedCompletion final : CompletionState {
  using CompletionState::CompletionState;
  std::optional<Result<T>> result;  ///< Empty: all callbacks died uncalled.
};

template <class T, class Start, class Cancel>
class CallbackAwaiter;

/// For what cannot be cancelled.
struct CancelNothing {
  void operator()() const noexcept {}
};

}  // namespace detail

/// What `from_callback` hands to an API that reports with a callback: call it with a value, an `Error`, an `Errc` or a
/// `Result<T>` (with nothing for void). From any thread, also inside the function that it was handed to.
///
/// Copies are the same callback, so it fits into a `std::function`. The first call of any copy counts, later ones are
/// ignored, also when the task has long gone on. If all copies die uncalled that is an end, too. A copy may be used by
/// one thread at a time, different ones at once.
template <class T>
class CompletionCallback {
  static_assert(std::is_void_v<T> || std::is_nothrow_move_constructible_v<T>,
                "gyre: a value on its way must not throw when it is moved");

 public:
  CompletionCallback(const CompletionCallback& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) state_->add_callback();
  }
  CompletionCallback(CompletionCallback&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  CompletionCallback& operator=(CompletionCallback other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~CompletionCallback() {
    if (state_ != nullptr) state_->drop_callback();
  }

  void operator()(Result<T> result) const noexcept {
    if (state_ == nullptr || !state_->claim()) return;
    state_->result.emplace(std::move(result));
    state_->settle();
  }
  void operator()() const noexcept
    requires std::is_void_v<T>
  {
    (*this)(Result<void>{});
  }

 private:
  template <class, class, class>
  friend class detail::CallbackAwaiter;
  explicit CompletionCallback(detail::TypedCompletion<T>& state) noexcept : state_(&state) {}

  detail::TypedCompletion<T>* state_;
};

namespace detail {

template <class T, class Start, class Cancel>
class CallbackAwaiter : private CancelHook {
 public:
  CallbackAwaiter(Start& start, Cancel& cancel) noexcept
      : CancelHook(&CallbackAwaiter::on_cancel), start_(&start), cancel_(&cancel) {}
  ~CallbackAwaiter() {
    if (state_ != nullptr) state_->release();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle,
                     std::source_location where = std::source_location::current()) {
    Context& context = context_of(handle, where);
    cancelled_ = context.cancelled();
    if (cancelled_) return false;
    state_ = new TypedCompletion<T>(context.executor());
    // Whatever `start` does, and on whichever thread: it ends in this thread's queue, after we have returned.
    state_->resume_on_arrival(handle, context);
    try {
      (*start_)(CompletionCallback<T>{*state_});
    } catch (...) {
      failure_ = std::current_exception();
      return !state_->claim();  // an end that is on its way must be waited for
    }
    if (!context.cancelled()) {
      context.add_hook(*this);
    } else {
      request_cancel();
    }
    return true;
  }
  Result<T> await_resume() {
    CancelHook::unlink();
    if (failure_) std::rethrow_exception(failure_);
    if (state_ != nullptr && state_->result) return std::move(*state_->result);
    return cancelled_ ? Errc::cancelled : Errc::broken_callback;
  }

 private:
  static void on_cancel(CancelHook& hook) noexcept { static_cast<CallbackAwaiter&>(hook).request_cancel(); }
  void request_cancel() noexcept {
    if (state_->claimed()) return;
    cancelled_ = true;
    (*cancel_)();
  }

  Start* start_;
  Cancel* cancel_;
  TypedCompletion<T>* state_ = nullptr;
  std::exception_ptr failure_;
  bool cancelled_ = false;  ///< Before the end came.
};

}  // namespace detail

/// Awaits an API that reports with a callback:
///
///     auto start = [&](CompletionCallback<Row> done) { database.query(text, std::move(done)); };
///     auto cancel = [&] { database.abort(); };
///     const Result<Row> row = co_await from_callback<Row>(start, cancel);
///
/// `start` is called at once, with the callback; what it throws is rethrown. Then the task waits for the callback's
/// first call or for the death of its last copy, and never goes on before: what `start` refers to may live in the
/// task's frame. `cancel` is called at most once, on the task's thread, when the context is cancelled while nothing has
/// been called yet; another thread may be about to call at that moment. It only asks for an early end, must not throw,
/// and may call or drop the callback. Both functions are kept until the end. One allocation per call.
///
/// | what happened | result |
/// | --- | --- |
/// | the callback is called, also after the cancellation | what it was called with |
/// | all copies die uncalled | `Errc::broken_callback` |
/// | all copies die uncalled after the cancellation | `Errc::cancelled` |
/// | the context is cancelled already | `Errc::cancelled`; `start` is not called |
/// | `start` throws | its exception; a call is ignored |
template <class T, class Start, class Cancel = detail::CancelNothing>
  requires std::invocable<Start&, CompletionCallback<T>> && std::invocable<Cancel&>
Task<Result<T>> from_callback(Start start, Cancel cancel = Cancel{}) {
  detail::CallbackAwaiter<T, Start, Cancel> call{start, cancel};
  co_return co_await call;
}

}  // namespace gyre
