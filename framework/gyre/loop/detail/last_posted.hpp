#pragma once

#include <gyre/coro/detail/trampoline.hpp>
#include <gyre/loop/loop.hpp>

#include <coroutine>

namespace gyre::detail {

/// `co_await`ed on its loop it goes on behind everything that was posted to that before. Cannot be cancelled.
struct LastPosted : Work {
  explicit LastPosted(Loop& owner) noexcept
      : Work([](Work& self) noexcept { resume(static_cast<LastPosted&>(self).handle); }), loop(&owner) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle = awaiting;
    loop->post(*this);
  }
  void await_resume() const noexcept {}

  Loop* loop;
  std::coroutine_handle<> handle;
};

}  // namespace gyre::detail
