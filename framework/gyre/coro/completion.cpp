#include <gyre/coro/detail/completion.hpp>

#include <utility>

namespace gyre::detail {

CompletionState::~CompletionState() = default;

void CompletionState::settle() noexcept {
  owners_.fetch_add(1, std::memory_order_relaxed);
  executor_->post(*this);
}

void CompletionState::drop_callback() noexcept {
  if (callbacks_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (claim()) settle();
  release();
}

void CompletionState::release() noexcept {
  if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void CompletionState::arrived(Work& work) noexcept {
  auto& self = static_cast<CompletionState&>(work);
  const std::coroutine_handle<> handle = self.handle_;
  Context& context = *self.context_;
  self.release();  // the task still owns it
  resume_in(context, handle);
}

}  // namespace gyre::detail
