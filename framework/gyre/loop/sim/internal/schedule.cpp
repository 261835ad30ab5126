#include <gyre/loop/sim/internal/schedule.hpp>

#include <algorithm>

namespace gyre::detail {

TimePoint SimSchedule::next() const noexcept {
  TimePoint first = time_never;
  for (const SimLane* lane : asleep_) first = std::min(first, lane->steps.front().due);
  return first;
}

void SimSchedule::enter(SimLane& lane) {
  lane.asleep = lane.steps.front().due > now_;
  std::vector<SimLane*>& lanes = lane.asleep ? asleep_ : active_;
  lane.place = lanes.size();
  lanes.push_back(&lane);
}

void SimSchedule::leave(SimLane& lane) noexcept {
  std::vector<SimLane*>& lanes = lane.asleep ? asleep_ : active_;
  lanes[lane.place] = lanes.back();
  lanes[lane.place]->place = lane.place;
  lanes.pop_back();
}

void SimSchedule::push(SimLane& lane, const SimStep& step) {
  const bool first = lane.steps.empty();
  lane.steps.push(step);
  ++steps_;
  if (first) enter(lane);
}

SimStep SimSchedule::take(SimChance& chance) noexcept { return take_first(*active_[chance.below(active_.size())]); }

SimStep SimSchedule::take_first(SimLane& lane) noexcept {
  const SimStep step = lane.steps.pop();
  --steps_;
  if (step.kind == SimStep::Kind::attempt) lane.attempt_queued = false;
  if (lane.steps.empty()) {
    leave(lane);
  } else if (lane.asleep || lane.steps.front().due > now_) {
    leave(lane);
    enter(lane);
  }
  return step;
}

void SimSchedule::advance(TimePoint to) {
  now_ = to;
  std::vector<SimLane*> woken;
  for (SimLane* lane : asleep_) {
    if (lane->steps.front().due <= to) woken.push_back(lane);
  }
  for (SimLane* lane : woken) {
    leave(*lane);
    enter(*lane);
  }
}

}  // namespace gyre::detail
