#include <gyre/compat/detail/reply_state.hpp>

#include <gyre/base/box.hpp>
#include <gyre/base/error.hpp>
#include <gyre/compat/internal/stream_state.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/web/handler.hpp>

#include <cstdint>

namespace gyre::detail {
namespace {

thread_local const char thread_mark = 0;

/// How often a call that was one too many looks for the line of the first, which may be about to write it.
constexpr int looks_max = 1000;

}  // namespace

const void* this_thread_mark() noexcept { return &thread_mark; }

void run_later(Executor& executor, const void* its_thread, Work& work) noexcept {
  const bool in_turn = this_thread_mark() == its_thread &&
                       (!executor.is_loop() || static_cast<const Loop&>(executor).turn_began().has_value());
  if (in_turn) {
    executor.schedule(work);
  } else {
    executor.post(work);
  }
}

bool ReplyState::answer(Response&& response, const std::source_location& where) noexcept {
  if (!take(Outcome::answer, where)) return false;
  response_ = std::move(response);
  settle();
  return true;
}

bool ReplyState::answer(Response&& response, internal::StreamState& pushed,
                        const std::source_location& where) noexcept {
  if (!take(Outcome::answer, where)) return false;
  response_ = std::move(response);
  pushed_ = &pushed;
  settle();
  return true;
}

bool ReplyState::fail(std::exception_ptr failure, const std::source_location& where) noexcept {
  if (!take(Outcome::failure, where)) return false;
  failure_ = std::move(failure);
  settle();
  return true;
}

bool ReplyState::go_on(const std::source_location& where) noexcept {
  if (!take(Outcome::next, where)) return false;
  settle();
  return true;
}

bool ReplyState::take(Outcome outcome, const std::source_location& where) noexcept {
  if (!claim(outcome)) {
    count_excess(where);
    return false;
  }
  where_ = where;
  // Only the task's own thread can see that the function is still being called: elsewhere it is a guess.
  const bool in_call = on_loop_thread() && phase_.load(std::memory_order_relaxed) == Phase::calling;
  ledger_->count(in_call ? Event::in_call : Event::later);
  return true;
}

void ReplyState::count_excess(const std::source_location& where) noexcept {
  if (outcome_.load(std::memory_order_acquire) == Outcome::cancelled) return ledger_->count(Event::late);
  ledger_->count(Event::twice);
  bool known = settled();
  for (int looks = 0; !known && looks < looks_max; ++looks) known = settled();
  ledger_->note(CallbackMisuse::Kind::twice, known ? where_ : std::source_location{}, where);
}

// The caller's own handle keeps the state; a parked task waits for the post.
void ReplyState::settle() noexcept {
  if (phase_.exchange(Phase::settled, std::memory_order_acq_rel) != Phase::parked) return;
  run_later(*executor_, thread_, *this);
}

void ReplyState::drop_handle() noexcept {
  if (handles_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (claim(Outcome::dropped)) {
    ledger_->count(Event::dropped);
    ledger_->note(CallbackMisuse::Kind::dropped, {}, {});
    settle();
  }
  release();
}

void ReplyState::called(const std::exception_ptr& failure) noexcept {
  if (failure) {
    if (claim(Outcome::failure)) {
      ledger_->count(Event::threw);
      failure_ = failure;
      settle();
    } else {
      const bool known = settled();
      ledger_->count(Event::threw_after);
      ledger_->note(CallbackMisuse::Kind::threw_after, known ? where_ : std::source_location{}, {}, failure);
      if (known && pushed_ != nullptr) pushed_->end(std::make_exception_ptr(Cancelled{}));  // it is told already
    }
  }
  drop_handle();
}

bool ReplyState::cancel(CancelReason reason) noexcept {
  if (!claim(Outcome::cancelled)) return false;
  cancel_reason_ = reason;
  ledger_->count(Event::cancelled);
  phase_.store(Phase::settled, std::memory_order_release);
  return true;
}

void ReplyState::arrived(Work& work) noexcept {
  const auto& self = static_cast<ReplyState&>(work);
  resume_in(*self.context_, self.handle_);
}

// --- cancellation ----------------------------------------------------------------------------------------------------

namespace {

/// In the place of the list once it is closed.
constexpr std::uintptr_t closed = 1;

}  // namespace

void ReplyState::on_cancel(Callback<void(CancelReason)> callback) {
  if (!callback) return;
  Box<CancelNode> node{new CancelNode{std::move(callback), nullptr}};
  CancelNode* first = on_cancel_.load(std::memory_order_acquire);
  do {
    if (reinterpret_cast<std::uintptr_t>(first) == closed) {
      if (told_reason_ != CancelReason::none) node->callback(told_reason_);
      return;
    }
    node->next = first;
  } while (!on_cancel_.compare_exchange_weak(first, node.get(), std::memory_order_release, std::memory_order_acquire));
  (void)node.release();
}

void ReplyState::close() noexcept {
  ledger_->tell(*request_, name_);
  if (outcome() == Outcome::cancelled) told_reason_ = cancel_reason_;
  CancelNode* node = on_cancel_.exchange(reinterpret_cast<CancelNode*>(closed), std::memory_order_acq_rel);
  CancelNode* in_order = nullptr;
  while (node != nullptr) {
    CancelNode* const behind = std::exchange(node->next, in_order);
    in_order = std::exchange(node, behind);
  }
  while (in_order != nullptr) {
    const Box<CancelNode> first{in_order};
    in_order = first->next;
    if (told_reason_ == CancelReason::none) continue;
    try {
      first->callback(told_reason_);
    } catch (...) {
      report_failure(*request_, std::current_exception());
    }
  }
  release();
}

bool ReplyWait::park(std::coroutine_handle<> handle, Context& context) noexcept {
  if (context.cancelled() && state_->cancel(context.reason())) return false;
  state_->handle_ = handle;
  state_->context_ = &context;
  auto calling = ReplyState::Phase::calling;
  if (!state_->phase_.compare_exchange_strong(calling, ReplyState::Phase::parked, std::memory_order_acq_rel,
                                              std::memory_order_acquire)) {
    return false;
  }
  if (!context.cancelled()) context.add_hook(*this);
  return true;
}

void ReplyWait::on_cancel(CancelHook& hook) noexcept {
  ReplyState& state = *static_cast<ReplyWait&>(hook).state_;
  if (state.cancel(state.context_->reason())) state.executor_->schedule(state);
}

}  // namespace gyre::detail
