#include <gyre/compat/internal/blocking_call.hpp>

namespace gyre::internal {

OffloadPool& pool_for(Loop& loop, OffloadPool* pool) {
  return pool == nullptr || loop.backend() == Backend::sim ? loop.offload_pool() : *pool;
}

BlockingCall::BlockingCall(OffloadPool* pool, Duration queue_wait, const gyre::Callback<void()>& run) noexcept
    : BlockingJob(&BlockingCall::run, &BlockingCall::ended, Admission::limited),
      CancelHook(&BlockingCall::on_cancel),
      Timer(&BlockingCall::on_timer),
      pool_(pool),
      queue_wait_(queue_wait),
      run_(&run) {}

bool BlockingCall::submit(std::coroutine_handle<> handle, Context& context) noexcept {
  if (context.cancelled()) {
    outcome_ = Outcome::cancelled;
    return false;
  }
  Loop& loop = Loop::of(context);
  handle_ = handle;
  context_ = &context;
  context.add_hook(*this);
  try {
    OffloadPool& pool = pool_for(loop, pool_);
    // A pool without threads runs it on the loop, in a later turn: no waiting for that.
    if (!pool.threadless()) loop.arm(*this, time_after(loop.now(), queue_wait_));
    if (enqueue(pool, loop)) return true;
  } catch (...) {
    // Not even a first thread could be started.
  }
  CancelHook::unlink();
  Timer::disarm();
  outcome_ = Outcome::shed;
  return false;
}

void BlockingCall::run(BlockingJob& job) noexcept {
  auto& self = static_cast<BlockingCall&>(job);
  try {
    (*self.run_)();
  } catch (...) {
    self.failure_ = std::current_exception();
  }
}

void BlockingCall::ended(BlockingJob& job) noexcept {
  auto& self = static_cast<BlockingCall&>(job);
  self.CancelHook::unlink();
  self.Timer::disarm();
  if (self.withdrawn()) self.outcome_ = self.waited_out_ ? Outcome::shed : Outcome::cancelled;
  detail::resume_in(*self.context_, self.handle_);
}

void BlockingCall::on_cancel(CancelHook& hook) noexcept { static_cast<BlockingCall&>(hook).withdraw(); }

// A thread that took it in the same moment wins: then it is not withdrawn.
void BlockingCall::on_timer(Timer& timer) noexcept {
  auto& self = static_cast<BlockingCall&>(timer);
  self.waited_out_ = true;
  self.CancelHook::unlink();
  self.withdraw();
}

}  // namespace gyre::internal
