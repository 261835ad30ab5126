#include <gyre/coro/context.hpp>

#include <gyre/base/error.hpp>

namespace gyre {

std::string_view name(CancelReason reason) noexcept {
  switch (reason) {
    case CancelReason::none: return "none";
    case CancelReason::client_gone: return "client_gone";
    case CancelReason::deadline: return "deadline";
    case CancelReason::shutdown: return "shutdown";
    case CancelReason::shed: return "shed";
    case CancelReason::sibling: return "sibling";
    case CancelReason::requested: return "requested";
  }
  return "unknown";
}

Context::Context(Executor& executor) noexcept : executor_(&executor) {}

Context::Context(Context& parent) noexcept
    : executor_(parent.executor_),
      parent_(&parent),
      label_(parent.label_),
      deadline_(parent.deadline_),
      reason_(parent.reason_) {
  if (!parent.cancelled()) parent.add_hook(parent_hook_);
}

Context::~Context() { GYRE_ASSERT(hooks_.empty()); }

void Context::cancel(CancelReason reason) noexcept {
  if (cancelled() || reason == CancelReason::none) return;
  reason_ = reason;
  parent_hook_.unlink();
  // A cancelled context takes no new hooks, so this ends.
  while (!hooks_.empty()) {
    CancelHook& hook = hooks_.pop_front();
    hook.on_cancel_(hook);
  }
}

void Context::on_parent_cancel(CancelHook& hook) noexcept {
  Context& self = *static_cast<ParentHook&>(hook).context;
  self.cancel(self.parent_->reason());
}

bool detail::is_cancelled(const std::exception_ptr& failure) noexcept {
  if (!failure) return false;
  try {
    std::rethrow_exception(failure);
  } catch (const Cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace gyre
