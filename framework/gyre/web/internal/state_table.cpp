#include <gyre/web/internal/state_table.hpp>

#include <gyre/web/error.hpp>
#include <gyre/web/internal/setup.hpp>

#include <algorithm>

namespace gyre::internal {

/// The last one goes first: it may use those before it.
StateTable::Values::~Values() {
  while (!owned_.empty()) owned_.pop_back();
}

void StateTable::Values::add(std::uint32_t number, Shared<void> value) {
  set(number, value.get());
  owned_.push_back(std::move(value));
}

void StateTable::add(State state) {
  for (const State& other : states_) {
    if (other.number != state.number) continue;
    throw SetupError{place_text(state.where) + ": there is a " + std::string{state.type} + " already, added at " +
                     place_text(other.where)};
  }
  if (state.shared) shared_.add(state.number, state.shared);
  states_.push_back(std::move(state));
}

void StateTable::add_all(StateTable& other) {
  for (State& state : other.states_) add(std::move(state));
  other.states_.clear();
}

bool StateTable::has(std::uint32_t number) const noexcept {
  return std::any_of(states_.begin(), states_.end(), [&](const State& state) { return state.number == number; });
}

Box<LoopValues> StateTable::values_for(Loop& loop) const {
  auto values = make_box<Values>();
  for (const State& state : states_) values->add(state.number, state.shared ? state.shared : state.make(loop));
  return values;
}

}  // namespace gyre::internal
