#pragma once

#include <gyre/loop/sleep.hpp>

namespace gyre {

/// `co_await next_turn();` Goes on in the loop's next turn: what else is ready runs first, and what was written leaves.
/// For work that is too long to be done in one go. Throws `Cancelled` if the context is cancelled.
inline detail::SleepAwaiter next_turn() noexcept { return sleep_until(TimePoint{}); }

}  // namespace gyre
