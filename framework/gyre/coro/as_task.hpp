#pragma once

#include <gyre/coro/task.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

template <class T>
inline constexpr bool is_any_task = false;
template <class T>
inline constexpr bool is_any_task<Task<T>> = true;

template <class T>
concept Awaiter = requires(T& awaiter) {
  awaiter.await_ready();
  awaiter.await_resume();
};

template <class T>
  requires Awaiter<T>
T& awaiter_of(T&& awaiter) noexcept;
template <class T>
  requires requires(T&& awaitable) { std::forward<T>(awaitable).operator co_await(); }
auto awaiter_of(T&& awaitable) -> decltype(std::forward<T>(awaitable).operator co_await());

/// What `co_await` gives, as a value.
template <class T>
using AwaitResult = std::remove_cvref_t<decltype(awaiter_of(std::declval<T>()).await_resume())>;

}  // namespace detail

/// What can be awaited, but is no `Task`, and can still be moved: `sleep_for(1s)`, `event.wait()`, `channel.receive()`.
template <class T>
concept NonTaskAwaitable =
    !detail::is_any_task<T> && std::move_constructible<T> && requires { typename detail::AwaitResult<T>; };

/// Makes a task of anything that can be awaited, for what takes tasks. The combinators do it by themselves.
template <NonTaskAwaitable Awaitable>
Task<detail::AwaitResult<Awaitable>> as_task(Awaitable awaitable) {
  co_return co_await std::move(awaitable);
}

template <class T>
Task<T> as_task(Task<T> task) noexcept {
  return task;
}

}  // namespace gyre
