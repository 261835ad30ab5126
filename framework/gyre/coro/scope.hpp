#pragma once

#include <gyre/coro/detail/waiter.hpp>
#include <gyre/coro/task.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>

namespace gyre {

/// Children that run beside each other and do not outlive it.
///
///     Scope scope{co_await this_context()};
///     scope.spawn(fetch, url);
///     scope.spawn(watch, &state);
///     co_await scope.join();
///
/// The first child that fails (with anything but `Cancelled`) cancels the others with `CancelReason::sibling`, and
/// `join` rethrows what it threw. A scope must be joined before it dies: `join` always waits for every child, also
/// when the awaiting task is cancelled, because the children are cancelled with it. Then it throws `Cancelled` if that
/// cut a child short, so that nobody goes on with half of the work; after the scope's own `cancel` it does not.
/// An exception that leaves the block before `join` is a bug and aborts: `with_scope` joins in that case too.
/// Not thread-safe.
class Scope {
 public:
  explicit Scope(Context& parent) noexcept;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope();

  /// Starts a child: it runs at once until it first parks.
  void spawn(Task<> task);

  /// Starts `function(args...)`, a coroutine (or a pointer to a member that is one), and keeps the callable and the
  /// arguments alive until the child ends, so that a capturing lambda is safe. As with `std::thread`, the arguments are
  /// copied or moved in, and the function gets them as rvalues: to refer to something outside, pass a pointer.
  template <class Function, class... Args>
    requires std::is_invocable_r_v<Task<>, Function&, Args...>
  void spawn(Function function, Args... args) {
    spawn(hold(std::move(function), std::move(args)...));
  }

  /// Asks every child to end. They still have to be joined.
  void cancel(CancelReason reason = CancelReason::requested) noexcept { context_.cancel(reason); }

  /// The context that the children run in.
  Context& context() noexcept { return context_; }
  /// Children that have not ended.
  std::size_t size() const noexcept { return size_; }

  class Joiner {
   public:
    explicit Joiner(Scope& scope) noexcept : scope_(&scope) {}
    bool await_ready() const noexcept { return scope_->size_ == 0; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) const noexcept {
      GYRE_ASSERT(!scope_->joiner_);
      scope_->joiner_ = handle;
      detail::note_site(handle, where);
      scope_->context_.set_owner(detail::node_of(handle));
    }
    void await_resume() const { scope_->finish(); }

   private:
    Scope* scope_;
  };

  /// Waits for every child, then rethrows the first failure, if any. One task at a time.
  Joiner join() noexcept { return Joiner{*this}; }

 private:
  struct Child;
  struct Reaper : Work {
    explicit Reaper(Scope& owner) noexcept : Work(&Scope::reap), scope(&owner) {}
    Scope* scope;
    bool scheduled = false;
  };

  template <class Function, class... Args>
  static Task<> hold(Function function, Args... args) {
    auto task = std::apply(function, std::forward_as_tuple(std::move(args)...));
    co_await std::move(task);
  }

  static void child_done(TaskObserver& observer) noexcept;
  static void reap(Work& work) noexcept;
  void finish();

  Context& parent_;
  Context context_;
  Reaper reaper_{*this};
  Child* ended_ = nullptr;
  std::size_t size_ = 0;
  std::exception_ptr failure_;
  bool cut_short_ = false;  ///< A child ended with `Cancelled`.
  std::coroutine_handle<> joiner_;
};

/// Runs `function(scope, args...)`, a coroutine, with a scope that is joined whatever happens in it:
///
///     co_await with_scope([&](Scope& scope) -> Task<> {
///       scope.spawn(fetch, url);
///       co_await something_that_may_throw();
///     });
///
/// The function is the scope's first child: what it throws cancels the others and is rethrown when all have ended. The
/// form to prefer where anything is awaited between `spawn` and `join`. The callable and the arguments are kept.
template <class Function, class... Args>
  requires std::is_invocable_r_v<Task<>, Function&, Scope&, Args...>
Task<> with_scope(Function function, Args... args) {
  Context& context = co_await this_context();
  Scope scope{context};
  scope.spawn(function(scope, std::move(args)...));
  co_await scope.join();
}

}  // namespace gyre
