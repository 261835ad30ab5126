#pragma once

#include <gyre/base/result.hpp>
#include <gyre/coro/detail/trampoline.hpp>
#include <gyre/loop/loop.hpp>

#include <cerrno>

namespace gyre {

/// Awaits a one-shot operation: `SendOperation`, `ConnectOperation`, ... Fill its public members, then
/// `Result<int> result = co_await operation;`
///
/// In a cancelled context it ends with `Errc::cancelled` without having touched the kernel. Cancelled later, the result
/// wins if there was one. The frame goes on only after the operation has ended, so the buffers may live in it.
template <class Kind>
class AwaitOperation : public Kind, private CancelHook {
 public:
  AwaitOperation(Loop& loop, int fd) noexcept
      : Kind(&AwaitOperation::completed), CancelHook(&AwaitOperation::cancel_asked), loop_(&loop) {
    this->descriptor = fd;
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle,
                     std::source_location where = std::source_location::current()) noexcept {
    Context& context = detail::context_of(handle, where);
    if (context.cancelled()) return false;
    handle_ = handle;
    context_ = &context;
    context.add_hook(*this);
    loop_->submit(*this);
    return true;
  }
  Result<int> await_resume() const noexcept {
    if (result_ >= 0) return result_;
    return Error::from_errno(-result_);
  }

 private:
  static void completed(Operation& operation, const Completion& completion) noexcept {
    auto& self = static_cast<AwaitOperation&>(operation);
    self.result_ = completion.result;
    self.CancelHook::unlink();
    detail::resume_in(*self.context_, self.handle_);
  }
  static void cancel_asked(CancelHook& hook) noexcept {
    auto& self = static_cast<AwaitOperation&>(hook);
    self.loop_->cancel(self);
  }

  Loop* loop_;
  std::coroutine_handle<> handle_;
  Context* context_ = nullptr;
  std::int32_t result_ = -ECANCELED;
};

}  // namespace gyre
