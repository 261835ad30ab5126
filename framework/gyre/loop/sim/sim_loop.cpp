#include <gyre/loop/sim/sim_loop.hpp>

#include <gyre/loop/sim/internal/state.hpp>

#include <algorithm>
#include <cerrno>

namespace gyre {
namespace {

constexpr std::size_t steps_per_turn = 256;

}  // namespace

SimLoop::SimLoop(const SimOptions& options) : Loop(Duration{1}), state_(std::make_unique<State>(options)) {
  if (options.task_tree) state_->task_tree.emplace(*this);
}
SimLoop::~SimLoop() { await_posts(); }

const SimOptions& SimLoop::options() const noexcept { return state_->options; }
std::size_t SimLoop::open_descriptors() const noexcept { return state_->network.open_count(); }

// --- descriptors --------------------------------------------------------------------------------------------------

namespace {

Result<int> result_of(int number) {
  if (number < 0) return Error::from_errno(-number);
  return number;
}

}  // namespace

Result<int> SimLoop::open_foreign() { return result_of(state_->network.open_foreign()); }

void SimLoop::set_foreign(int descriptor, std::uint32_t events) {
  const bool known = state_->network.set_foreign(descriptor, events);
  GYRE_ASSERT(known);
  poke_changed();
}

Result<int> SimLoop::open_listener(const SocketAddress& address, const ListenOptions& options) {
  return result_of(state_->network.open_listener(address, options));
}

Result<int> SimLoop::open_socket(const SocketAddress& address) {
  return result_of(state_->network.open_socket(address));
}

Result<SocketAddress> SimLoop::local_address(int descriptor) {
  SocketAddress address;
  if (const int failed = state_->network.local_address(descriptor, address)) return Error::from_errno(-failed);
  return address;
}

Result<SocketAddress> SimLoop::peer_address(int descriptor) {
  SocketAddress address;
  if (const int failed = state_->network.peer_address(descriptor, address)) return Error::from_errno(-failed);
  return address;
}

void SimLoop::shutdown(int descriptor, ShutdownSide side) noexcept {
  (void)state_->network.shutdown(descriptor, side);
  poke_changed();
}

void SimLoop::close(int descriptor) noexcept {
  if (!state_->network.exists(descriptor)) return;
  Entry& closed = entry(descriptor);
  GYRE_ASSERT(closed.idle());
  for (Lane* lane : {&closed.read_lane, &closed.write_lane, &closed.poll_lane}) {
    if (lane->steps.empty()) continue;
    // What is left can only be attempts without an operation: everything else belongs to an armed one.
    for (; !lane->steps.empty(); --state_->steps) GYRE_ASSERT(lane->steps.pop().kind == Step::Kind::attempt);
    lane->attempt_queued = false;
    state_->active[lane->place] = state_->active.back();
    state_->active[lane->place]->place = lane->place;
    state_->active.pop_back();
  }
  for (const auto& [operation, lane] : state_->file_lanes) {
    GYRE_ASSERT(operation->descriptor != descriptor || operation->kind() == OperationKind::open);
  }
  state_->files.close(descriptor);
  (void)state_->network.close(descriptor);
  poke_changed();
}

void SimLoop::reset(int descriptor) noexcept {
  state_->network.reset(descriptor);
  close(descriptor);
}

SimLoop::Entry& SimLoop::entry(int descriptor) {
  const auto index = static_cast<std::size_t>(descriptor - detail::SimNetwork::first_descriptor);
  if (index >= state_->entries.size()) state_->entries.resize(index + 1);
  if (!state_->entries[index]) state_->entries[index] = std::make_unique<Entry>();
  return *state_->entries[index];
}

// --- starting and stopping ----------------------------------------------------------------------------------------

SimLoop::Lane& SimLoop::lane_of(const Operation& operation) {
  if (!state_->network.exists(operation.descriptor)) return state_->stray;
  Entry& where = entry(operation.descriptor);
  switch (operation.kind()) {
    case OperationKind::send:
    case OperationKind::send_file:
    case OperationKind::connect: return where.write_lane;
    case OperationKind::poll: return where.poll_lane;
    default: return where.read_lane;
  }
}

void SimLoop::start(Operation& operation) noexcept {
  if (works_on_file(operation.kind())) return start_file(static_cast<FileOperation&>(operation));
  Lane& lane = lane_of(operation);
  if (&lane == &state_->stray) return queue(lane, {Step::Kind::result, lane.side, -EBADF, &operation});
  Entry& where = entry(operation.descriptor);
  if (operation.kind() == OperationKind::poll) {
    where.polls.push_back(static_cast<PollOperation*>(&operation));
  } else {
    Operation*& slot = &lane == &where.read_lane ? where.reader : where.writer;
    if (slot != nullptr) return queue(lane, {Step::Kind::result, lane.side, -EBUSY, &operation});
    slot = &operation;
  }
  if (operation.kind() == OperationKind::send) static_cast<SendOperation&>(operation).sent = 0;
  if (operation.kind() == OperationKind::send_file) {
    auto& send = static_cast<SendFileOperation&>(operation);
    send.sent = 0;
    send.size = std::min(send.size, SendFileOperation::size_max);
  }
  queue_attempt(operation);
}

// Takes a waiting operation out of its entry. False if it is in none: its end is queued already.
bool SimLoop::release(Operation& operation) noexcept {
  if (!state_->network.exists(operation.descriptor)) return false;
  Entry& where = entry(operation.descriptor);
  if (where.reader == &operation) {
    where.reader = nullptr;
  } else if (where.writer == &operation) {
    where.writer = nullptr;
  } else {
    return std::erase(where.polls, &operation) != 0;
  }
  return true;
}

void SimLoop::stop(Operation& operation) noexcept {
  if (works_on_file(operation.kind())) return stop_file(static_cast<FileOperation&>(operation));
  if (!release(operation)) return;
  Lane& lane = lane_of(operation);
  if (lane.attempt_queued && state_->chance.coin()) {
    return queue(lane, {Step::Kind::last_attempt, lane.side, operation.descriptor, &operation});
  }
  const std::size_t sent = sent_by(operation);
  queue(lane, {Step::Kind::result, lane.side, sent > 0 ? static_cast<std::int32_t>(sent) : -ECANCELED, &operation});
}

void SimLoop::queue(Lane& lane, const Step& step) {
  if (lane.steps.empty()) {
    lane.place = state_->active.size();
    state_->active.push_back(&lane);
  }
  lane.steps.push(step);
  ++state_->steps;
}

void SimLoop::queue_attempt(Operation& operation) {
  Lane& lane = lane_of(operation);
  if (std::exchange(lane.attempt_queued, true)) return;
  queue(lane, {Step::Kind::attempt, lane.side, operation.descriptor, nullptr});
}

void SimLoop::poke_changed() {
  for (const int descriptor : state_->network.take_changed()) {
    if (!state_->network.exists(descriptor)) continue;
    Entry& where = entry(descriptor);
    if (where.reader != nullptr) queue_attempt(*where.reader);
    if (where.writer != nullptr) queue_attempt(*where.writer);
    if (!where.polls.empty()) queue_attempt(*where.polls.front());
  }
}

// --- a turn -------------------------------------------------------------------------------------------------------

bool SimLoop::wait(TimePoint until) noexcept {
  if (state_->steps > 0 || until <= now() || state_->woken.exchange(false)) return true;
  if (until == time_never) return false;
  set_now(until);
  return true;
}

void SimLoop::wake() noexcept { state_->woken = true; }

std::uint64_t SimLoop::seed() noexcept { return state_->options.seed; }

SimLoop::Step SimLoop::take_step() noexcept {
  auto& active = state_->active;
  Lane& lane = *active[state_->chance.below(active.size())];
  const Step step = lane.steps.pop();
  --state_->steps;
  if (step.kind == Step::Kind::attempt) lane.attempt_queued = false;
  if (lane.steps.empty()) {
    active[lane.place] = active.back();
    active[lane.place]->place = lane.place;
    active.pop_back();
  }
  return step;
}

// Not all that could be done: what else is ready gets in between at different places, by the seed.
bool SimLoop::dispatch() noexcept {
  if (state_->steps == 0) return true;
  const std::size_t count = 1 + state_->chance.below(std::min(state_->steps, steps_per_turn));
  for (std::size_t done = 0; done < count && state_->steps > 0; ++done) {
    const Step step = take_step();
    switch (step.kind) {
      case Step::Kind::result: complete(*step.operation, {step.value, false, {}}); break;
      case Step::Kind::last_attempt: attempt(*step.operation, true); break;
      case Step::Kind::attempt: attempt_waiting(step); break;
      case Step::Kind::file: file_step(step); break;
    }
    poke_changed();
  }
  return state_->steps == 0;
}

}  // namespace gyre
