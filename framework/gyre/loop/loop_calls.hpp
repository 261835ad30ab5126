#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/loop/detail/conversation.hpp>
#include <gyre/loop/offload.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace gyre {

/// What a blocking function on another thread has done by the loop that waits for it: see `offload_calling`. Used by
/// that function's thread, or by one thread at a time, and until the function returns.
class LoopCalls {
 public:
  explicit LoopCalls(detail::Conversation& conversation) noexcept : conversation_(&conversation) {}
  LoopCalls(const LoopCalls&) = delete;
  LoopCalls& operator=(const LoopCalls&) = delete;

  /// Runs `make()`, and the task that it gives, on the loop, in the context of the task that waits; blocks this thread
  /// until that has ended. Returns its result, rethrows what it throws. What `make` refers to may lie on this thread's
  /// stack. Where the context is cancelled the task is started all the same, and its waits end as in any such context:
  /// by `Cancelled` or `Errc::cancelled`.
  template <class Make>
  auto operator()(Make make) {
    using Value = typename std::invoke_result_t<Make&>::value_type;
    struct Call final : detail::LoopCall {
      explicit Call(Make& function) noexcept : make(&function) {}
      Task<> run() override {
        Task<Value> task = (*make)();
        if constexpr (std::is_void_v<Value>) {
          co_await std::move(task);
        } else {
          Value result = co_await std::move(task);
          value.emplace(std::move(result));
        }
      }
      Make* make;
      std::optional<std::conditional_t<std::is_void_v<Value>, bool, Value>> value;
    } call{make};
    conversation_->call(call);
    if constexpr (!std::is_void_v<Value>) return Value{std::move(*call.value)};
  }

  /// Whether the waiting task's context is cancelled: time to come to an end. From any thread.
  bool cancelled() const noexcept { return conversation_->cancelled(); }

 private:
  detail::Conversation* conversation_;
};

namespace detail {

/// A conversation with a function of that type.
template <class Function>
struct Talk final : Conversation {
  using Value = std::invoke_result_t<Function&, LoopCalls&>;

  template <class Threads>
  Talk(Threads& threads, Function& function_to_call) noexcept : Conversation(threads), function(&function_to_call) {}
  void run_function() override {
    LoopCalls calls{*this};
    if constexpr (std::is_void_v<Value>) {
      (*function)(calls);
    } else {
      value.emplace((*function)(calls));
    }
  }
  Function* function;
  std::optional<std::conditional_t<std::is_void_v<Value>, bool, Value>> value;
};

}  // namespace detail

/// As `offload` on `pool`, for a function that needs the loop while it blocks, to read a body or to write an answer: it
/// takes a `LoopCalls&`.
///
///     auto copy = [&](LoopCalls& on_loop) {
///       while (const auto piece = next_piece()) on_loop([&] { return write(out, *piece); });
///     };
///     co_await offload_calling(pool, copy);
///
/// A function that calls is not stopped by a cancellation, which it learns from its calls or from
/// `LoopCalls::cancelled`: the task waits until it has returned. On a pool without threads, a simulation's, it runs on
/// a thread of its own, and that thread and the loop take turns: one of the two always waits for the other, so that
/// such a run can be repeated.
///
/// Cancelled before a thread took it: it never runs, `Cancelled` is thrown. A full pool: `Failure` with
/// `Errc::limit_exceeded`. Rethrows what the function throws.
template <class Function>
  requires std::is_invocable_v<Function&, LoopCalls&>
Task<std::invoke_result_t<Function&, LoopCalls&>> offload_calling(OffloadPool& pool, Function function) {
  detail::Talk<Function> talk{pool, function};
  Task<> served = talk.serve();
  co_await std::move(served);
  if constexpr (!std::is_void_v<std::invoke_result_t<Function&, LoopCalls&>>) co_return std::move(*talk.value);
}

/// The same on threads that are not gyre's. Not withdrawn by a cancellation: it waits for its turn.
template <class Function>
  requires std::is_invocable_v<Function&, LoopCalls&>
Task<std::invoke_result_t<Function&, LoopCalls&>> offload_calling(FunctionStarter& threads, Function function) {
  detail::Talk<Function> talk{threads, function};
  Task<> served = talk.serve();
  co_await std::move(served);
  if constexpr (!std::is_void_v<std::invoke_result_t<Function&, LoopCalls&>>) co_return std::move(*talk.value);
}

}  // namespace gyre
