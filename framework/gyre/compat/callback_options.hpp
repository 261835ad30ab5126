#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/base/time.hpp>

#include <cstdint>

namespace gyre {

class OffloadPool;

/// What happens when a callback handler breaks a rule: it answers twice, never, or throws when it has answered.
enum class OnMisuse : std::uint8_t {
  report,  ///< It is counted, and told to `Router::on_error`, as a `CallbackMisuse`, once for each route and kind.
  abort,   ///< The process says what happened, with its lines, and aborts: for tests.
};

/// What a callback handler or middleware has otherwise than others.
struct CallbackOptions {
  OnMisuse on_misuse = OnMisuse::report;
  /// A function on the loop's thread that takes longer than that has blocked the loop, and is counted so
  /// (`CallbackCounts::blocked_loop`). In simulation no call takes time.
  Duration blocking_after = std::chrono::milliseconds{10};
  /// How long a blocking function waits for a thread of its pool before it is answered with 503. 0: it does not.
  Duration queue_wait = std::chrono::seconds{10};
  /// Where blocking functions run; the loop's own pool if it is empty, and in simulation.
  Shared<OffloadPool> pool = nullptr;
};

}  // namespace gyre
