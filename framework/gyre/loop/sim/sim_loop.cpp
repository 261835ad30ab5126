#include <gyre/loop/sim/sim_loop.hpp>

#include <gyre/loop/detail/kernel_memory.hpp>
#include <gyre/loop/sim/internal/state.hpp>

#include <algorithm>
#include <cerrno>

namespace gyre {
namespace {

constexpr std::size_t steps_per_turn = 256;

}  // namespace

std::uint64_t SimLoop::operations() const noexcept { return state_->operations; }

void SimLoop::cancel_at(std::uint64_t number, Context& context) noexcept {
  state_->cancel_number = number;
  state_->cancel_context = &context;
}

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

Result<int> SimLoop::open_foreign() {
  const detail::KernelMemory kernel;
  return result_of(state_->network.open_foreign());
}

void SimLoop::set_foreign(int descriptor, std::uint32_t events) {
  const detail::KernelMemory kernel;
  const bool known = state_->network.set_foreign(descriptor, events);
  GYRE_ASSERT(known);
  poke_changed();
}

Result<int> SimLoop::open_listener(const SocketAddress& address, const ListenOptions& options) {
  const detail::KernelMemory kernel;
  return result_of(state_->network.open_listener(address, options));
}

Result<int> SimLoop::open_socket(const SocketAddress& address) {
  const detail::KernelMemory kernel;
  if (const int failed = state_->faults.meet_socket()) return Error::from_errno(failed);
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
  const detail::KernelMemory kernel;
  note(Noted::shutdown, descriptor, static_cast<int>(side));
  (void)state_->network.shutdown(descriptor, side);
  poke_changed();
}

void SimLoop::close(int descriptor) noexcept {
  const detail::KernelMemory kernel;
  if (!state_->network.exists(descriptor)) return;
  note(Noted::close, descriptor, 0);
  Entry& closed = entry(descriptor);
  GYRE_ASSERT(closed.idle());
  for (Lane* lane : {&closed.read_lane, &closed.write_lane, &closed.poll_lane}) {
    // What is left can only be attempts without an operation: everything else belongs to an armed one.
    while (!lane->steps.empty()) GYRE_ASSERT(state_->schedule.take_first(*lane).kind == Step::Kind::attempt);
  }
  for (const auto& [operation, lane] : state_->file_lanes) {
    GYRE_ASSERT(operation->descriptor != descriptor || operation->kind() == OperationKind::open);
  }
  state_->files.close(descriptor);
  (void)state_->network.close(descriptor);
  poke_changed();
}

void SimLoop::reset(int descriptor) noexcept {
  const detail::KernelMemory kernel;
  note(Noted::reset, descriptor, 0);
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
  const detail::KernelMemory kernel;
  const std::uint64_t number = ++state_->operations;
  note(Noted::submit, operation, 0);
  const bool fails = number == state_->options.fail_operation.number;
  const std::int32_t failed = fails ? fail_now(operation) : 0;
  if (works_on_file(operation.kind())) {
    start_file(static_cast<FileOperation&>(operation), failed);
  } else if (failed != 0) {
    Lane& lane = lane_of(operation);
    queue_late(lane, {Step::Kind::result, lane.side, failed, &operation});
  } else {
    start_in_turn(operation);
  }
  if (number == state_->cancel_number) {
    state_->cancel_number = 0;
    const detail::KernelMemory::Pause program;
    state_->cancel_context->cancel(CancelReason::requested);
  }
}

void SimLoop::start_in_turn(Operation& operation) {
  Lane& lane = lane_of(operation);
  if (&lane == &state_->stray) return queue_late(lane, {Step::Kind::result, lane.side, -EBADF, &operation});
  Entry& where = entry(operation.descriptor);
  if (operation.kind() == OperationKind::poll) {
    where.polls.push_back(static_cast<PollOperation*>(&operation));
  } else {
    Operation*& slot = &lane == &where.read_lane ? where.reader : where.writer;
    if (slot != nullptr) return queue_late(lane, {Step::Kind::result, lane.side, -EBUSY, &operation});
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
  const detail::KernelMemory kernel;
  note(Noted::cancel, operation, 0);
  if (works_on_file(operation.kind())) return stop_file(static_cast<FileOperation&>(operation));
  if (!release(operation)) return;
  Lane& lane = lane_of(operation);
  if (lane.attempt_queued && state_->chance.coin()) {
    return queue(lane, {Step::Kind::last_attempt, lane.side, operation.descriptor, &operation});
  }
  const std::size_t sent = sent_by(operation);
  queue_late(lane,
             {Step::Kind::result, lane.side, sent > 0 ? static_cast<std::int32_t>(sent) : -ECANCELED, &operation});
}

void SimLoop::queue(Lane& lane, const Step& step) { state_->schedule.push(lane, step); }

void SimLoop::queue_late(Lane& lane, Step step) {
  const Duration late = state_->options.late_completions;
  if (late > Duration{}) step.due = time_after(now(), state_->late.up_to(late));
  queue(lane, step);
}

// Of what goes on after its completions, accept and receive, the attempt is late instead: nobody sees the difference.
void SimLoop::queue_attempt(Operation& operation) {
  Lane& lane = lane_of(operation);
  if (std::exchange(lane.attempt_queued, true)) return;
  const Step step{Step::Kind::attempt, lane.side, operation.descriptor, nullptr};
  const bool goes_on = operation.kind() == OperationKind::accept || operation.kind() == OperationKind::receive;
  if (goes_on) return queue_late(lane, step);
  queue(lane, step);
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
  const detail::KernelMemory kernel;
  if (!state_->schedule.idle() || until <= now() || state_->woken.exchange(false)) return true;
  const TimePoint next = std::min({until, state_->network.next_arrival(), state_->schedule.next()});
  if (next == time_never) return false;
  leap(next);
  return true;
}

void SimLoop::wake() noexcept { state_->woken = true; }

std::uint64_t SimLoop::seed() noexcept { return state_->options.seed; }

// Not all that could be done: what else is ready gets in between at different places, by the seed.
bool SimLoop::dispatch() noexcept {
  detail::SimSchedule& schedule = state_->schedule;
  if (schedule.idle()) return true;
  const detail::KernelMemory kernel;
  const std::size_t count = 1 + state_->chance.below(std::min(schedule.steps(), steps_per_turn));
  for (std::size_t done = 0; done < count && !schedule.idle(); ++done) {
    const Step step = schedule.take(state_->chance);
    switch (step.kind) {
      case Step::Kind::result: hand_over(*step.operation, {step.value, false, {}}); break;
      case Step::Kind::last_attempt: attempt(*step.operation, true); break;
      case Step::Kind::attempt: attempt_waiting(step); break;
      case Step::Kind::file: file_step(step); break;
    }
    poke_changed();
  }
  return schedule.idle();
}

// What happened at this instant goes into the digest, and then it is the program's.
void SimLoop::hand_over(Operation& operation, const Completion& completion) noexcept {
  note(completion.more ? Noted::progress : Noted::completion, operation, completion.result);
  const detail::KernelMemory::Pause program;
  complete(operation, completion);
}

}  // namespace gyre
