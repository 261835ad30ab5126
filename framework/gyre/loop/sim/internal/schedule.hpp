#pragma once

#include <gyre/base/time.hpp>
#include <gyre/loop/internal/fifo.hpp>
#include <gyre/loop/operation.hpp>
#include <gyre/loop/sim/internal/chance.hpp>

#include <cstdint>
#include <vector>

namespace gyre::detail {

/// One thing that `SimLoop::dispatch` does.
struct SimStep {
  enum class Kind : unsigned char {
    result,        ///< hand `value` to `operation`
    attempt,       ///< try what waits on the lane's side of the descriptor
    last_attempt,  ///< try `operation` once more, then it is cancelled
    file,          ///< work on a file, or end with `value` if that is not 0
  };
  enum class Side : unsigned char { none, read, write, poll };
  Kind kind;
  Side side;
  std::int32_t value;    ///< the result, or the descriptor of an attempt
  Operation* operation;  ///< none for an attempt: the operation that waits there then
  TimePoint due{};       ///< not before
};

/// What is to be done on one side of a descriptor, in order.
struct SimLane {
  Fifo<SimStep> steps{};
  SimStep::Side side = SimStep::Side::none;
  bool attempt_queued = false;
  bool asleep = false;    ///< its first step is not due yet
  std::size_t place = 0;  ///< among the active lanes, or those asleep
};

/// The lanes with something in them: those whose first step is due take turns by chance.
class SimSchedule {
 public:
  /// Nothing can be done now.
  bool idle() const noexcept { return active_.empty(); }
  /// Steps in all lanes.
  std::size_t steps() const noexcept { return steps_; }
  /// When the first lane that sleeps wakes, or `time_never`.
  TimePoint next() const noexcept;

  void push(SimLane& lane, const SimStep& step);
  /// The next step; only when not idle.
  SimStep take(SimChance& chance) noexcept;
  /// The first step of a lane that has one.
  SimStep take_first(SimLane& lane) noexcept;
  void advance(TimePoint to);

 private:
  void enter(SimLane& lane);
  void leave(SimLane& lane) noexcept;

  std::vector<SimLane*> active_;
  std::vector<SimLane*> asleep_;
  std::size_t steps_ = 0;
  TimePoint now_{};
};

}  // namespace gyre::detail
