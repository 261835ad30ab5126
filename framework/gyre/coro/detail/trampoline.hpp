#pragma once

#include <coroutine>

namespace gyre::detail {

/// One resume protocol for every compiler and optimisation level. A coroutine that awaits another does not resume it
/// from inside its own frame (symmetric transfer is a tail call only where the optimiser makes it one): it writes the
/// next coroutine down here, suspends, and the loop in `resume` goes on with it. The stack stays flat, whoever compiled
/// whichever frame.
struct Trampoline {
  std::coroutine_handle<> next;
  bool running;
};

// Constant-initialised and trivially destructible, hence no guard and no wrapper function around the access.
extern constinit thread_local Trampoline trampoline;

/// Resumes `handle` and everything that follows from it, until nothing is left to resume on this thread now. Nests.
void resume(std::coroutine_handle<> handle) noexcept;

/// Says that `handle` is what comes next, to be called last in an `await_suspend`. Where no trampoline runs (a foreign
/// coroutine awaits one of ours) or the place is taken (a foreign caller resumed two), it is resumed right here.
inline void resume_next(std::coroutine_handle<> handle) noexcept {
  Trampoline& mine = trampoline;
  if (mine.running && !mine.next) [[likely]] {
    mine.next = handle;
  } else {
    resume(handle);
  }
}

}  // namespace gyre::detail
