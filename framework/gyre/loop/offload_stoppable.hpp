#pragma once

#include <gyre/loop/offload.hpp>

#include <concepts>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

/// Turns the cancellation of a context into a request to stop, which other threads can see.
class StopOnCancel : private CancelHook {
 public:
  explicit StopOnCancel(Context& context) : CancelHook(&StopOnCancel::stop) {
    if (!context.cancelled()) context.add_hook(*this);
  }
  std::stop_token token() const noexcept { return source_.get_token(); }

 private:
  static void stop(CancelHook& hook) noexcept { static_cast<StopOnCancel&>(hook).source_.request_stop(); }
  std::stop_source source_;
};

}  // namespace detail

/// `offload` for a function that can be asked to stop: it takes a `std::stop_token` before its arguments.
///
///     auto search = [](const std::stop_token& stop, const Table& table) { ... while (!stop.stop_requested()) ... };
///     const Rows rows = co_await offload(search, table);
///
/// The token fires when the task's context is cancelled. Cancelled before a thread took it: it never runs, `Cancelled`
/// is thrown. Cancelled while it runs: the task waits until it has returned, and what it returns or throws wins; to
/// end with `Cancelled`, it throws that. Cancelled when it has returned already: its result. A `std::stop_callback`
/// runs on the loop's thread: it is short and does not block. Costs an allocation more than `offload` without a token.
///
/// A header of its own, for `<stop_token>` takes long to compile. A generic lambda that takes anything has to name the
/// token's type, or it is called without one.
template <class Function, class... Args>
  requires(std::invocable<Function&, std::stop_token&, Args&...> && !std::invocable<Function&, Args&...>)
Task<std::invoke_result_t<Function&, std::stop_token&, Args&...>> offload(Function function, Args... args) {
  Context& context = co_await this_context();
  const detail::StopOnCancel stop{context};
  auto job = offload(std::move(function), stop.token(), std::move(args)...);
  co_return co_await std::move(job);
}

}  // namespace gyre
