#pragma once

#include <gyre/base/result.hpp>
#include <gyre/coro/task.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <tuple>
#include <utility>

namespace gyre {

/// Stands for the result of a `Task<void>` where a value is needed.
struct Unit {
  friend constexpr bool operator==(Unit, Unit) noexcept { return true; }
};

namespace detail {

template <class T>
struct UnlessVoidImpl {
  using type = T;
};
template <>
struct UnlessVoidImpl<void> {
  using type = Unit;
};
template <class T>
using UnlessVoid = typename UnlessVoidImpl<T>::type;

template <class T>
inline constexpr bool ends_with_result = false;
template <class T>
inline constexpr bool ends_with_result<Result<T>> = true;

/// Children that start together in one context of their own and are joined by the one that awaits. The part of
/// `when_all`, `when_any` and `when_first_ok` that does not depend on types.
class Join {
 public:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  struct Child : TaskObserver {
    Child() noexcept : TaskObserver(&Join::child_done) {}
    Join* join = nullptr;
    std::size_t index = 0;
    std::exception_ptr (*failure)(const Child&) noexcept = nullptr;  ///< Asked when the child is done.
  };

  enum class CancelOthers : unsigned char { on_first_end, on_first_failure, on_first_success };

  Join(CancelOthers policy, std::size_t children) noexcept : policy_(policy), pending_(children + 1) {}

  Context& context() noexcept { return *context_; }
  /// The child whose end decided: the first to end, or the first to fail; `nobody` if none did. One that ended with
  /// `Cancelled` only if no other ended otherwise: a cancellation from outside ends the children one by one, and what
  /// one of them brings home all the same must not be lost behind it.
  std::size_t decisive() const noexcept { return decisive_; }
  /// With `on_first_success`: there was one, and it is the decisive child. Else that is the first to fail.
  bool succeeded() const noexcept { return decided_; }
  /// With `on_first_success`, where there was none: a cancellation from outside cut a child short.
  bool cut_short() const noexcept { return cut_short_ && context_->cancelled(); }

  void open(Context& parent, std::coroutine_handle<> handle, const TaskNode* owner) noexcept {
    parent_ = handle;
    context_.emplace(parent);
    context_->set_owner(owner);
  }
  /// All children are started: lets go of the extra count that kept the parent from going on too early.
  void started() noexcept { release(); }

 private:
  static void child_done(TaskObserver& observer) noexcept {
    auto& child = static_cast<Child&>(observer);
    Join& join = *child.join;
    if (!join.decided_) {
      if (join.policy_ == CancelOthers::on_first_success) {
        join.weigh_success(child);
      } else {
        join.weigh(child);
      }
    }
    join.release();
  }
  void weigh(const Child& child) noexcept {
    const std::exception_ptr failure = child.failure(child);
    if (!failure && policy_ == CancelOthers::on_first_failure) return;
    decided_ = !is_cancelled(failure);
    if (decided_ || decisive_ == nobody) decisive_ = child.index;
    context_->cancel(CancelReason::sibling);
  }
  void weigh_success(const Child& child) noexcept {
    const std::exception_ptr failure = child.failure(child);
    const bool cancelled = is_cancelled(failure);
    decided_ = !failure;
    if (decided_ || decisive_ == nobody || (!cancelled && only_cancelled_)) decisive_ = child.index;
    cut_short_ |= cancelled;
    only_cancelled_ &= cancelled;
    if (decided_) context_->cancel(CancelReason::sibling);
  }
  void release() noexcept {
    if (--pending_ == 0) resume_next(parent_);
  }

  std::optional<Context> context_;
  std::coroutine_handle<> parent_;
  CancelOthers policy_;
  std::size_t pending_;
  std::size_t decisive_ = nobody;
  bool decided_ = false;
  bool cut_short_ = false;      ///< A child ended with `Cancelled`.
  bool only_cancelled_ = true;  ///< All that ended so far did.
};

template <class T>
struct JoinedTask : Join::Child {
  explicit JoinedTask(Task<T> body) noexcept : task(std::move(body)) {
    failure = [](const Join::Child& child) noexcept { return static_cast<const JoinedTask&>(child).task.failure(); };
  }

  void start(Join& owner, std::size_t place) noexcept {
    join = &owner;
    index = place;
    task.start(owner.context(), *this);
  }

  UnlessVoid<T> result() {
    if constexpr (std::is_void_v<T>) {
      task.result();
      return Unit{};
    } else {
      return task.result();
    }
  }

  Task<T> task;
};

/// Why a done task is no success: what it threw, or the error in its `Result`. Null for a success.
template <class T>
std::exception_ptr failure_or_error(const Task<T>& task) noexcept {
  if (std::exception_ptr failure = task.failure()) return failure;
  if constexpr (ends_with_result<T>) {
    if (const T& result = *task.value(); !result) {
      if (result.error() == Errc::cancelled) return std::make_exception_ptr(Cancelled{});
      return std::make_exception_ptr(Failure{result.error()});
    }
  }
  return nullptr;
}

template <class... T>
class JoinAwaiter {
 public:
  JoinAwaiter(Join::CancelOthers policy, Task<T>... tasks) noexcept
      : join_(policy, sizeof...(T)), children_(std::move(tasks)...) {}
  JoinAwaiter(const JoinAwaiter&) = delete;

  bool await_ready() const noexcept { return sizeof...(T) == 0; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle,
                     std::source_location where = std::source_location::current()) noexcept {
    join_.open(context_of(handle, where), handle, node_of(handle));
    start_all(std::index_sequence_for<T...>{});
    join_.started();
  }

 protected:
  template <std::size_t... Place>
  void start_all(std::index_sequence<Place...>) noexcept {
    (std::get<Place>(children_).start(join_, Place), ...);
  }

  Join join_;
  std::tuple<JoinedTask<T>...> children_;
};

template <class... T>
class WhenAllAwaiter : public JoinAwaiter<T...> {
 public:
  explicit WhenAllAwaiter(Task<T>... tasks) noexcept
      : JoinAwaiter<T...>(Join::CancelOthers::on_first_failure, std::move(tasks)...) {}

  std::tuple<UnlessVoid<T>...> await_resume() { return take(std::index_sequence_for<T...>{}); }

 private:
  template <std::size_t... Place>
  std::tuple<UnlessVoid<T>...> take(std::index_sequence<Place...>) {
    // The decisive failure is the one to tell of: the others are mostly `Cancelled`, its consequence.
    ((this->join_.decisive() == Place ? (void)std::get<Place>(this->children_).result() : (void)0), ...);
    return std::tuple<UnlessVoid<T>...>{std::get<Place>(this->children_).result()...};
  }
};

template <class Answer, class... T>
class WhenAnyAwaiter : public JoinAwaiter<T...> {
 public:
  explicit WhenAnyAwaiter(Task<T>... tasks) noexcept
      : WhenAnyAwaiter(Join::CancelOthers::on_first_end, std::move(tasks)...) {}

  Answer await_resume() {
    Answer answer{this->join_.decisive()};
    take(answer, std::index_sequence_for<T...>{});
    return answer;
  }

 protected:
  WhenAnyAwaiter(Join::CancelOthers policy, Task<T>... tasks) noexcept
      : JoinAwaiter<T...>(policy, std::move(tasks)...) {}

 private:
  template <std::size_t... Place>
  void take(Answer& answer, std::index_sequence<Place...>) {
    (take_one(std::get<Place>(answer.results), std::get<Place>(this->children_), answer.first == Place), ...);
  }
  template <class Slot, class Child>
  static void take_one(Slot& slot, Child& child, bool first) {
    if (first || child.task.failure() == nullptr) slot.emplace(child.result());
  }
};

template <class Answer, class... T>
class WhenFirstOkAwaiter : public WhenAnyAwaiter<Answer, T...> {
 public:
  explicit WhenFirstOkAwaiter(Task<T>... tasks) noexcept
      : WhenAnyAwaiter<Answer, T...>(Join::CancelOthers::on_first_success, std::move(tasks)...) {
    const auto judge_all = [](JoinedTask<T>&... children) {
      ((children.failure =
            [](const Join::Child& child) noexcept {
              return failure_or_error(static_cast<const JoinedTask<T>&>(child).task);
            }),
       ...);
    };
    std::apply(judge_all, this->children_);
  }

  Answer await_resume() {
    if (!this->join_.succeeded()) fail(std::index_sequence_for<T...>{});
    return WhenAnyAwaiter<Answer, T...>::await_resume();
  }

 private:
  template <std::size_t... Place>
  [[noreturn]] void fail(std::index_sequence<Place...>) {
    if (this->join_.cut_short()) throw Cancelled{};
    std::exception_ptr first;
    const auto pick = [&first](const auto& child) { first = failure_or_error(child.task); };
    ((this->join_.decisive() == Place ? pick(std::get<Place>(this->children_)) : void()), ...);
    std::rethrow_exception(first);
  }
};

}  // namespace detail
}  // namespace gyre
