#pragma once

#include <gyre/base/error.hpp>
#include <gyre/coro/context.hpp>
#include <gyre/coro/detail/compiler.hpp>
#include <gyre/coro/detail/trampoline.hpp>
#include <gyre/coro/frame.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <source_location>
#include <type_traits>
#include <utility>

namespace gyre {

template <class T = void>
class Task;

/// Hears that a task which was started directly (not awaited) has ended.
struct TaskObserver {
  /// Called once, inside the task's last step: it must not destroy the task. Schedule what is to follow.
  void (*on_done)(TaskObserver& self) noexcept;

  explicit TaskObserver(void (*function)(TaskObserver&) noexcept) noexcept : on_done(function) {}
};

namespace detail {

/// The part of a promise that does not depend on the result's type.
class PromiseBase : public TaskNode {
 public:
  static void* operator new(std::size_t size) { return frame_allocate(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { frame_release(frame, size); }

  std::suspend_always initial_suspend() const noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
      PromiseBase& promise = handle.promise();
      promise.leave();
      if (promise.continuation_) {
        resume_next(promise.continuation_);
      } else if (promise.observer_ != nullptr) {
        promise.observer_->on_done(*promise.observer_);
      }
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() const noexcept { return {}; }

  void start(Context& context, std::coroutine_handle<> continuation, const TaskNode* parent) noexcept {
    continuation_ = continuation;
    enter(context, parent);
  }
  void start(Context& context, TaskObserver& observer) noexcept {
    observer_ = &observer;
    enter(context, nullptr);
  }

 private:
  std::coroutine_handle<> continuation_;
  TaskObserver* observer_ = nullptr;
};

template <class T>
class Promise final : public PromiseBase {
  static_assert(alignof(T) <= alignof(std::max_align_t),
                "gyre: coroutine frames are not over-aligned: hand over a pointer to this type");

 public:
  Promise() noexcept {}
  ~Promise() {
    if (state_ == State::value) value_.~T();
    if (state_ == State::failure) failure_.~exception_ptr();
  }

  Task<T> get_return_object() noexcept;

  template <class U = T>
    requires std::is_convertible_v<U&&, T>  // as in a return statement: no explicit constructor is taken
  void return_value(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>) {
    ::new (static_cast<void*>(&value_)) T(std::forward<U>(value));
    state_ = State::value;
  }
  void unhandled_exception() noexcept {
    // There is a value if a local's destructor threw on the way out of co_return.
    if (state_ == State::value) value_.~T();
    ::new (static_cast<void*>(&failure_)) std::exception_ptr(std::current_exception());
    state_ = State::failure;
  }

  T take() {
    if (state_ == State::failure) std::rethrow_exception(failure_);
    GYRE_ASSERT(state_ == State::value);
    return std::move(value_);
  }
  std::exception_ptr failure() const noexcept { return state_ == State::failure ? failure_ : nullptr; }
  const T* value() const noexcept { return state_ == State::value ? &value_ : nullptr; }

 private:
  enum class State : unsigned char { none, value, failure };
  union {
    T value_;
    std::exception_ptr failure_;
  };
  State state_ = State::none;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { failure_ = std::current_exception(); }

  void take() {
    if (failure_) std::rethrow_exception(failure_);
  }
  std::exception_ptr failure() const noexcept { return failure_; }

 private:
  std::exception_ptr failure_;
};

}  // namespace detail

/// A lazy coroutine: it runs when it is awaited, in the context of whoever awaits it, and hands over one result or
/// exception. Move-only. Destroying one that was never awaited destroys its parameters and nothing else.
///
/// A task that has started must end before it is destroyed: it is cancelled and joined, never torn down while parked
/// (a parked frame may own an operation that the kernel still writes to). Breaking that is a bug and aborts.
///
/// Runs on one thread from start to end.
template <class T>
class [[nodiscard]] Task {
  static_assert(!std::is_reference_v<T>, "gyre: a Task hands over a value; return a pointer instead of a reference");

 public:
  using promise_type = detail::Promise<T>;
  using value_type = T;
  using Handle = std::coroutine_handle<promise_type>;

  /// An empty task, to be assigned to.
  Task() noexcept = default;
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() { destroy(); }

  /// True if there is a coroutine in it.
  explicit operator bool() const noexcept { return static_cast<bool>(handle_); }
  /// True once it has ended, with a result or an exception.
  bool done() const noexcept { return handle_ && handle_.done(); }

  /// `T result = co_await std::move(task);` Rethrows what the task threw. Once per task.
  class Awaiter {
   public:
    explicit Awaiter(Handle handle) noexcept : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    template <class Parent>
    void await_suspend(std::coroutine_handle<Parent> parent,
                       std::source_location where = std::source_location::current()) const noexcept {
      handle_.promise().start(detail::context_of(parent, where), parent, detail::node_of(parent));
      detail::resume_next(handle_);
    }
    T await_resume() const { return handle_.promise().take(); }

   private:
    Handle handle_;
  };
  Awaiter operator co_await() && noexcept {
    GYRE_ASSERT(handle_ && !handle_.promise().started());
    return Awaiter{handle_};
  }

  /// For code that is no coroutine (a connection, a combinator): runs the task in `context` until it first parks or
  /// ends. `observer` hears of its end, also if that is during this call. Both outlive the task.
  void start(Context& context, TaskObserver& observer) noexcept {
    GYRE_ASSERT(handle_ && !handle_.promise().started());
    handle_.promise().start(context, observer);
    detail::resume(handle_);
  }

  /// The result of a task that was started with `start` and is done; rethrows. Once.
  T result() {
    GYRE_ASSERT(done());
    return handle_.promise().take();
  }
  /// The exception of a done task, or null.
  std::exception_ptr failure() const noexcept { return handle_.promise().failure(); }
  /// The value of a done task, left where it is, or null if it threw. Not for `Task<void>`.
  const T* value() const noexcept
    requires(!std::is_void_v<T>)
  {
    return handle_.promise().value();
  }

 private:
  friend class detail::Promise<T>;
  explicit Task(Handle handle) noexcept : handle_(handle) {}

  void destroy() noexcept {
    if (!handle_) return;
    GYRE_ASSERT(!handle_.promise().started() || handle_.done());
    handle_.destroy();
  }

  Handle handle_;
};

template <class T>
Task<T> detail::Promise<T>::get_return_object() noexcept {
  return Task<T>{std::coroutine_handle<Promise>::from_promise(*this)};
}
inline Task<void> detail::Promise<void>::get_return_object() noexcept {
  return Task<void>{std::coroutine_handle<Promise>::from_promise(*this)};
}

}  // namespace gyre
