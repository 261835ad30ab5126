#pragma once

#include <gyre/coro/context.hpp>
#include <gyre/coro/detail/trampoline.hpp>

#include <coroutine>

namespace gyre::detail {

/// One parked await that either a wake-up or a cancellation ends: the first to come decides, the other is ignored.
/// The base of the awaiters of events, timers and the like. It lives in the awaiting frame, so it must have ended
/// before that frame goes on: both ways lead through the executor's queue, never straight into the coroutine.
class Waiter : private CancelHook, private Work {
 public:
  enum class Outcome : unsigned char { waiting, woken, cancelled };

  Waiter(const Waiter&) = delete;

  Outcome outcome() const noexcept { return outcome_; }
  bool parked() const noexcept { return context_ != nullptr && outcome_ == Outcome::waiting; }

  /// Ends the wait with success, if nothing ended it before. Returns whether it did.
  bool wake() noexcept { return end(Outcome::woken); }

 protected:
  /// `on_cancel` takes the waiter out of whatever it waits for.
  explicit Waiter(void (*on_cancel)(Waiter&) noexcept) noexcept
      : CancelHook(&Waiter::cancelled_by_context), Work(&Waiter::resume_waiter), on_cancel_(on_cancel) {}
  ~Waiter() { GYRE_ASSERT(!parked()); }

  /// To be called in `await_suspend`. False: the context is cancelled already, do not park (the outcome says so).
  bool park(std::coroutine_handle<> handle, Context& context) noexcept {
    if (context.cancelled()) {
      outcome_ = Outcome::cancelled;
      return false;
    }
    handle_ = handle;
    context_ = &context;
    context.add_hook(*this);
    return true;
  }

  Context& context() const noexcept { return *context_; }

 private:
  bool end(Outcome outcome) noexcept {
    if (!parked()) return false;
    outcome_ = outcome;
    CancelHook::unlink();
    context_->executor().schedule(*this);
    return true;
  }

  static void cancelled_by_context(CancelHook& hook) noexcept {
    auto& self = static_cast<Waiter&>(hook);
    self.on_cancel_(self);
    self.end(Outcome::cancelled);
  }
  static void resume_waiter(Work& work) noexcept {
    const auto& self = static_cast<Waiter&>(work);
    resume_in(*self.context_, self.handle_);
  }

  std::coroutine_handle<> handle_;
  Context* context_ = nullptr;
  void (*on_cancel_)(Waiter&) noexcept;
  Outcome outcome_ = Outcome::waiting;
};

}  // namespace gyre::detail
