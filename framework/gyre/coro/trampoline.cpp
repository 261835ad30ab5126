#include <gyre/coro/detail/trampoline.hpp>

namespace gyre::detail {

constinit thread_local Trampoline trampoline{};

void resume(std::coroutine_handle<> handle) noexcept {
  Trampoline& mine = trampoline;
  const Trampoline outer = mine;
  mine.running = true;
  do {
    mine.next = nullptr;
    handle.resume();
    handle = mine.next;
  } while (handle);
  mine = outer;
}

}  // namespace gyre::detail
