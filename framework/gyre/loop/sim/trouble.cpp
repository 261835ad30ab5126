// What a simulated loop does to a program: time that leaps, clocks that jump, operations that fail. And the record of
// it.

#include <gyre/loop/sim/internal/state.hpp>

#include <cerrno>

namespace gyre {

// --- time ---------------------------------------------------------------------------------------------------------

Duration SimLoop::wall_time() const noexcept {
  constexpr std::chrono::seconds start_of_2026{1767225600};
  return start_of_2026 + now().time_since_epoch() + state_->wall_offset;
}

void SimLoop::jump_wall_clock(Duration length) noexcept { state_->wall_offset += length; }

void SimLoop::leap(TimePoint to) noexcept {
  if (state_->stalls.happens(to)) {
    // Not to the end of time, from where no timer can be armed any more.
    const TimePoint later = time_after(to, state_->clock.up_to(state_->options.clock.stall_max));
    if (later != time_never) to = later;
    state_->stalls.next_after(to, state_->clock);
  }
  if (state_->jumps.happens(to)) {
    const Duration length = state_->clock.up_to(state_->options.clock.jump_max);
    jump_wall_clock(state_->clock.coin() ? length : -length);
    state_->jumps.next_after(to, state_->clock);
  }
  set_now(to);
  state_->network.advance(to);
  state_->schedule.advance(to);
  poke_changed();
}

// --- failures -----------------------------------------------------------------------------------------------------

// What this attempt at an operation ends with instead of a result, negative. 0: nothing, go on.
std::int32_t SimLoop::meet_fault(Operation& operation) noexcept {
  const OperationKind kind = operation.kind();
  const int descriptor = operation.descriptor;
  if (state_->faults.resets(kind)) state_->network.cut(descriptor);
  if (kind == OperationKind::connect && !state_->network.unconnected(descriptor)) return 0;
  const int error = state_->faults.meet(operation);
  if (kind == OperationKind::accept && error == ECONNABORTED) {
    // Real loops go on with the next one.
    state_->network.abort_next(descriptor);
    return 0;
  }
  if (detail::sim_breaks_connection(kind, error)) state_->network.fail(descriptor);
  return -error;
}

// The end of an operation that was chosen to fail.
std::int32_t SimLoop::fail_now(const Operation& operation) noexcept {
  const int wanted = state_->options.fail_operation.error;
  const int error = wanted != 0 ? wanted : detail::sim_usual_error(operation.kind());
  if (detail::sim_breaks_connection(operation.kind(), error)) {
    state_->network.fail(operation.descriptor);
    poke_changed();
  }
  return -error;
}

// --- the record ---------------------------------------------------------------------------------------------------

std::uint64_t SimLoop::fingerprint() const noexcept { return state_->fingerprint; }

void SimLoop::note(Noted what, int descriptor, std::int64_t value) noexcept {
  const auto add = [this](std::uint64_t part) {
    const std::uint64_t mixed = (state_->fingerprint ^ part) * 0x9e3779b97f4a7c15u;
    state_->fingerprint = mixed ^ (mixed >> 32);
  };
  add(static_cast<std::uint64_t>(what) + 1);
  add(static_cast<std::uint64_t>(descriptor));
  add(static_cast<std::uint64_t>(value));
  add(static_cast<std::uint64_t>(now().time_since_epoch().count()));
}

void SimLoop::note(Noted what, const Operation& operation, std::int64_t value) noexcept {
  // Kinds are few: they fit above the result.
  note(what, operation.descriptor, (static_cast<std::int64_t>(operation.kind()) << 32) ^ value);
}

}  // namespace gyre
