#pragma once

#include <gyre/coro/task.hpp>

#include <optional>

namespace gyre {

template <class T>
class Generator;

namespace detail {

/// What one step of a generator brings: a value, an exception, or neither at its end. It lives in the awaiter, so a
/// value is made where it is wanted, and a generator between two steps holds none.
template <class T>
struct GeneratorStep {
  std::optional<T> value;
  std::exception_ptr failure;
};

template <class T>
class GeneratorPromise final : public PromiseBase {
  static_assert(alignof(T) <= alignof(std::max_align_t),
                "gyre: coroutine frames are not over-aligned: hand over a pointer to this type");

 public:
  using YieldAwaiter = FinalAwaiter;  // a yield ends a step as a return ends a task: whoever awaits it goes on

  Generator<T> get_return_object() noexcept;

  template <class U = T>
    requires std::is_convertible_v<U&&, T>  // as in a return statement: no explicit constructor is taken
  YieldAwaiter yield_value(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>) {
    step_->value.emplace(std::forward<U>(value));
    step_ = nullptr;
    return {};
  }
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { step_->failure = std::current_exception(); }

  /// True between a `next` and the yield that answers it; stays so once the end has answered one.
  bool stepping() const noexcept { return step_ != nullptr; }
  void begin(GeneratorStep<T>& step, Context& context, std::coroutine_handle<> consumer,
             const TaskNode* parent) noexcept {
    step_ = &step;
    start(context, consumer, parent);
  }

 private:
  GeneratorStep<T>* step_ = nullptr;
};

}  // namespace detail

/// A lazy coroutine that hands over any number of values, one for each time that somebody awaits `next`:
///
///     gyre::Generator<std::string> lines() {
///       for (int i = 0; i < 3; ++i) {
///         co_await gyre::sleep_for(1s);
///         co_yield "line\n";
///       }
///     }
///
///     while (std::optional<std::string> line = co_await source.next()) use(*line);
///
/// The value needs that name: g++ 12.2 miscompiles a bare `while (co_await ...)` (docs/compilers.md, G7).
///
/// The body runs only while a `next` is awaited, in the context of the task that awaits it, and may await whatever a
/// `Task` may. Each `next` may come from another context: a reference to a context, a `Scope` and all else that is tied
/// to one must not be kept across a `co_yield`.
///
/// `co_yield` takes what converts to T: it copies an lvalue, moves an rvalue and allocates nothing. Where T is a view,
/// what it views must live until the next value is asked for, as the generator's locals and the temporaries of the
/// `co_yield` do.
///
/// Move-only. One that waits at a `co_yield`, was never asked or has ended may be destroyed: so are its locals, those
/// of generators nested in it on the native stack. One that is parked in an await must not be, as with a `Task`: that
/// is a bug and aborts. Awaited on one thread.
template <class T>
class [[nodiscard]] Generator {
  static_assert(std::is_object_v<T>, "gyre: a Generator hands over values; yield a pointer instead of a reference");

 public:
  using promise_type = detail::GeneratorPromise<T>;
  using value_type = T;
  using Handle = std::coroutine_handle<promise_type>;

  /// An empty generator, to be assigned to.
  Generator() noexcept = default;
  Generator(Generator&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Generator& operator=(Generator&& other) noexcept {
    if (this != &other) {
      destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Generator() { destroy(); }

  /// True if there is a coroutine in it.
  explicit operator bool() const noexcept { return static_cast<bool>(handle_); }
  /// True once its body has ended. A body that has yielded its last value ends in the `next` after it.
  bool done() const noexcept { return handle_ && handle_.done(); }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) noexcept : handle_(handle) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;

    bool await_ready() const noexcept { return handle_.done(); }
    template <class Parent>
    void await_suspend(std::coroutine_handle<Parent> parent,
                       std::source_location where = std::source_location::current()) noexcept {
      GYRE_ASSERT(!handle_.promise().stepping());
      handle_.promise().begin(step_, detail::context_of(parent, where), parent, detail::node_of(parent));
      detail::resume_next(handle_);
    }
    std::optional<T> await_resume() {
      if (step_.failure) std::rethrow_exception(step_.failure);
      return std::move(step_.value);
    }

   private:
    Handle handle_;
    detail::GeneratorStep<T> step_;
  };

  /// `std::optional<T> value = co_await generator.next();` The next value, or nothing after the end, for ever. Rethrows
  /// what the body threw, once, `Cancelled` too: the body has ended then. One `next` at a time; the generator is not
  /// destroyed before it has come back. Not of an empty generator.
  [[nodiscard]] Awaiter next() noexcept {
    GYRE_ASSERT(handle_);
    return Awaiter{handle_};
  }

 private:
  friend class detail::GeneratorPromise<T>;
  explicit Generator(Handle handle) noexcept : handle_(handle) {}

  void destroy() noexcept {
    if (!handle_) return;
    GYRE_ASSERT(!handle_.promise().stepping() || handle_.done());
    handle_.destroy();
  }

  Handle handle_;
};

template <class T>
Generator<T> detail::GeneratorPromise<T>::get_return_object() noexcept {
  return Generator<T>{std::coroutine_handle<GeneratorPromise>::from_promise(*this)};
}

}  // namespace gyre
