#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/base/intrusive_list.hpp>
#include <gyre/base/time.hpp>
#include <gyre/coro/detail/task_node.hpp>
#include <gyre/coro/detail/trampoline.hpp>
#include <gyre/coro/executor.hpp>

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string_view>

namespace gyre {

/// Why a scope was cancelled.
enum class CancelReason : std::uint8_t {
  none,         ///< Not cancelled.
  client_gone,  ///< The peer that waits for the answer has left.
  deadline,     ///< The time for this work has passed.
  shutdown,     ///< The server stops.
  shed,         ///< Overload: this work was given up for other work.
  sibling,      ///< Another child of the same scope failed, or won a race.
  requested,    ///< Somebody called `cancel()`.
};

/// The name of the enumerator.
std::string_view name(CancelReason reason) noexcept;

/// Hears of a cancellation. Lives in whoever can act on it (an awaiter that is parked, a child context), linked into
/// the context only while it has something to cancel. Linking and unlinking cost four stores; nothing is allocated.
class CancelHook : public ListHook<CancelHook> {
 public:
  /// `on_cancel` is called once, on the context's thread, by `Context::cancel`, with the hook already unlinked. It must
  /// not resume a coroutine and must not destroy another hook: it asks for the end, which arrives later.
  explicit CancelHook(void (*on_cancel)(CancelHook&) noexcept) noexcept : on_cancel_(on_cancel) {}

 private:
  friend class Context;
  void (*on_cancel_)(CancelHook&) noexcept;
};

/// What a task and every task that it awaits inherit: where they run, whether and why they are cancelled, and until
/// when they may run. Contexts form a tree; a cancellation goes down, never up.
///
/// Belongs to its executor's thread. Outlives every task started in it.
class Context {
 public:
  /// A root: cancelled only by itself.
  explicit Context(Executor& executor) noexcept;
  /// A child: cancelled with its parent (at once, if the parent is cancelled already); inherits the deadline.
  explicit Context(Context& parent) noexcept;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  Executor& executor() const noexcept { return *executor_; }

  /// True once `cancel` was called here or above. Never becomes false again.
  bool cancelled() const noexcept { return reason_ != CancelReason::none; }
  CancelReason reason() const noexcept { return reason_; }

  /// The earlier of this context's own deadline and its parents'; `time_never` without one. A value: whoever sets it
  /// also arms the timer that cancels (see `within`).
  TimePoint deadline() const noexcept { return deadline_; }
  /// Shortens the deadline; a later one than the present one is ignored.
  void limit_deadline(TimePoint deadline) noexcept {
    if (deadline < deadline_) deadline_ = deadline;
  }

  /// What this work is for, such as "GET /users/{id}"; null without a name. Children that are made later inherit it.
  const char* label() const noexcept { return label_; }
  /// `label` outlives the run of the executor: it may still be read, from another thread, when the context is gone.
  void set_label(const char* label) noexcept { label_ = label; }
  /// Tells the executor that what runs now belongs to this context, for a `Watchdog`.
  void mark_running() const noexcept { executor_->set_running(label_); }

  /// The context above, or null.
  const Context* parent() const noexcept { return parent_; }
  /// The task that waits for all that runs in this context, for a `TaskTree` to show; null if none does or none is
  /// known. Whoever sets it takes it back before that task ends.
  const detail::TaskNode* owner() const noexcept { return owner_; }
  void set_owner(const detail::TaskNode* owner) noexcept { owner_ = owner; }

  /// Asks everything in this context to end: sticky, the first reason stays. Resumes nothing inside the call.
  void cancel(CancelReason reason) noexcept;

  /// Links a hook. Only while not cancelled: the caller checks first.
  void add_hook(CancelHook& hook) noexcept {
    GYRE_ASSERT(!cancelled());
    hooks_.push_back(hook);
  }

  /// True if nothing listens: all children and parked awaits are gone.
  bool idle() const noexcept { return hooks_.empty(); }

 private:
  static void on_parent_cancel(CancelHook& hook) noexcept;

  struct ParentHook : CancelHook {
    explicit ParentHook(Context& owner) noexcept : CancelHook(&Context::on_parent_cancel), context(&owner) {}
    Context* context;
  };

  Executor* executor_;
  Context* parent_ = nullptr;
  const char* label_ = nullptr;
  const detail::TaskNode* owner_ = nullptr;
  TimePoint deadline_ = time_never;
  CancelReason reason_ = CancelReason::none;
  IntrusiveList<CancelHook> hooks_;
  ParentHook parent_hook_{*this};
};

namespace detail {

template <class Promise>
concept HasContext = requires(Promise& promise) {
  { promise.context() } -> std::same_as<Context&>;
};

/// True for the exception that unwinds a cancelled task. Costs a throw unless the pointer is null.
bool is_cancelled(const std::exception_ptr& failure) noexcept;

/// The context of the coroutine that awaits.
template <class Promise>
Context& context_of(std::coroutine_handle<Promise> handle) noexcept {
  static_assert(HasContext<Promise>, "gyre: this can only be awaited inside a gyre::Task");
  return handle.promise().context();
}

/// The same, for an await that has to wait: writes down where, for a `TaskTree`.
template <class Promise>
Context& context_of(std::coroutine_handle<Promise> handle, const std::source_location& where) noexcept {
  Context& context = context_of(handle);
  note_site(handle, where);
  return context;
}

struct ContextAwaiter {
  Context* context = nullptr;
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle) noexcept {
    context = &context_of(handle);
    return false;  // never really suspends: it only looks around
  }
  Context& await_resume() const noexcept { return *context; }
};

struct NowAwaiter : ContextAwaiter {
  TimePoint await_resume() const noexcept { return context->executor().now(); }
};

/// Goes on with a parked coroutine of this context, and says so while it runs.
inline void resume_in(Context& context, std::coroutine_handle<> handle) noexcept {
  Executor& executor = context.executor();  // the context may be gone when the coroutine parks again
  context.mark_running();
  resume(handle);
  executor.set_running(nullptr);
}

inline void TaskNode::enter(Context& context, const TaskNode* parent) noexcept {
  context_ = &context;
  if (context.executor().task_tree() != nullptr) [[unlikely]]
    enter_tree(parent);
}

}  // namespace detail

/// `Context& context = co_await this_context();` — the context that the awaiting task runs in. Never suspends.
inline detail::ContextAwaiter this_context() noexcept { return {}; }

/// `TimePoint start = co_await now();` — the loop's time, virtual in simulation. Never suspends.
inline detail::NowAwaiter now() noexcept { return {}; }

}  // namespace gyre
