#pragma once

#include <gyre/base/error.hpp>
#include <gyre/coro/context.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace gyre {

/// Tells whether the work it was taken from is to end. A pointer in size; copied freely, to be handed to functions that
/// are no coroutines. Valid while the task that took it runs, on that task's thread. For other threads, `offload` hands
/// its function a `std::stop_token`.
class CancelToken {
 public:
  explicit CancelToken(Context& context) noexcept : context_(&context) {}

  bool cancelled() const noexcept { return context_->cancelled(); }
  CancelReason reason() const noexcept { return context_->reason(); }
  /// Throws `Cancelled` if it is.
  void throw_if_cancelled() const {
    if (cancelled()) throw Cancelled{};
  }

 private:
  template <std::invocable Function>
    requires std::is_nothrow_destructible_v<Function>
  friend class CancelCallback;

  Context* context_;
};

/// Calls a function when the work is cancelled, for what has to be told of it and is not awaited:
///
///     CurrentScope scope = co_await this_scope();
///     CancelCallback interrupt{scope.token(), [&] { query.interrupt(); }};
///
/// The function is called at most once, on the task's thread, inside the call that cancels; in the constructor if that
/// has been. It is short, does not throw, and neither resumes a coroutine nor ends another `CancelCallback`. Dies
/// before the task ends; from then on the function is not called.
template <std::invocable Function>
  requires std::is_nothrow_destructible_v<Function>
class CancelCallback : private CancelHook {
 public:
  CancelCallback(CancelToken token, Function function)
      : CancelHook(&CancelCallback::on_cancel), function_(std::move(function)) {
    if (token.cancelled()) {
      function_();
    } else {
      token.context_->add_hook(*this);
    }
  }

 private:
  static void on_cancel(CancelHook& hook) noexcept { static_cast<CancelCallback&>(hook).function_(); }

  Function function_;
};

/// The scope that a task runs in, as `this_scope` tells. Asks anew at every call, so that it stays true. As `Context`,
/// valid while the task runs, on its thread.
class CurrentScope {
 public:
  explicit CurrentScope(Context& context) noexcept : context_(&context) {}

  CancelToken token() const noexcept { return CancelToken{*context_}; }
  bool cancelled() const noexcept { return context_->cancelled(); }
  /// `CancelReason::none` while it is not cancelled.
  CancelReason reason() const noexcept { return context_->reason(); }

  /// The instant of the loop's clock at which it is cancelled; `time_never` without one.
  TimePoint deadline() const noexcept { return context_->deadline(); }
  /// Until then: zero when it has passed, `Duration::max()` without a deadline.
  Duration time_left() const noexcept {
    if (deadline() == time_never) return Duration::max();
    const TimePoint now = context_->executor().now();
    return deadline() > now ? deadline() - now : Duration::zero();
  }

 private:
  Context* context_;
};

namespace detail {

struct ScopeAwaiter : ContextAwaiter {
  CurrentScope await_resume() const noexcept { return CurrentScope{*context}; }
};

}  // namespace detail

/// `CurrentScope scope = co_await this_scope();` — whether the awaiting task is to end, why, and until when it may run.
/// Never suspends.
inline detail::ScopeAwaiter this_scope() noexcept { return {}; }

}  // namespace gyre
