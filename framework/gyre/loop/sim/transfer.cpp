// The steps of a simulated loop that move bytes and connections.

#include <gyre/loop/sim/internal/state.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gyre {

void SimLoop::attempt_waiting(const Step& step) noexcept {
  Entry& where = entry(step.value);
  if (step.side == Step::Side::poll) return attempt_polls(where);
  Operation* waiting = step.side == Step::Side::read ? where.reader : where.writer;
  if (waiting != nullptr) attempt(*waiting, false);
}

// The last attempt of a cancelled operation, which is in no entry any more, ends it in any case.
void SimLoop::attempt(Operation& operation, bool last) noexcept {
  std::int32_t result = meet_fault(operation);
  if (result == -ENOBUFS && operation.kind() == OperationKind::receive) {
    // It goes on when there are buffers again, as on io_uring.
    return last ? finish(operation, -ECANCELED, last) : queue_attempt(operation);
  }
  if (result != 0) return finish(operation, result, last);
  if (operation.kind() == OperationKind::accept) return attempt_accept(operation, last);
  if (operation.kind() == OperationKind::receive) return attempt_receive(operation, last);
  result = attempt_once(operation);
  if (result == -EAGAIN) {
    if (!last) return;
    const std::size_t sent = sent_by(operation);
    result = sent > 0 ? static_cast<std::int32_t>(sent) : -ECANCELED;
  }
  finish(operation, result, last);
}

// The operation is over for the kernel; the program may hear of it later.
void SimLoop::finish(Operation& operation, std::int32_t result, bool last) noexcept {
  if (!last) release(operation);
  const bool goes_on = operation.kind() == OperationKind::accept || operation.kind() == OperationKind::receive;
  if (state_->options.late_completions <= Duration{} || goes_on) return hand_over(operation, {result, false, {}});
  Lane& lane = lane_of(operation);
  queue_late(lane, {Step::Kind::result, lane.side, result, &operation});
}

// A connection per step, so that other things come in between.
void SimLoop::attempt_accept(Operation& operation, bool last) noexcept {
  const int descriptor = operation.descriptor;
  const int accepted = state_->network.accept(descriptor);
  if (accepted >= 0) {
    hand_over(operation, {accepted, true, {}});
    if (last) return hand_over(operation, {-ECANCELED, false, {}});
    if (entry(descriptor).reader == &operation) queue_attempt(operation);
  } else if (last || accepted != -EAGAIN) {
    finish(operation, accepted == -EAGAIN ? -ECANCELED : accepted, last);
  }
}

// Each chunk has memory of its own, made unreadable after the call: whoever keeps the view is caught.
void SimLoop::attempt_receive(Operation& operation, bool last) noexcept {
  const int descriptor = operation.descriptor;
  const std::size_t size = std::max<std::size_t>(1, piece_of(state_->network.available(descriptor)));
  const auto chunk = std::make_unique<std::byte[]>(size);
  const int count = state_->network.receive(descriptor, {chunk.get(), size});
  if (count > 0) {
    hand_over(operation, {count, true, Bytes{chunk.get(), static_cast<std::size_t>(count)}});
    std::memset(chunk.get(), 0xdd, size);
    if (last) return hand_over(operation, {-ECANCELED, false, {}});
    if (entry(descriptor).reader == &operation) queue_attempt(operation);
  } else if (last || count != -EAGAIN) {
    finish(operation, count == -EAGAIN ? -ECANCELED : count, last);
  }
}

// -EAGAIN: it has to wait.
std::int32_t SimLoop::attempt_once(Operation& operation) noexcept {
  const int descriptor = operation.descriptor;
  detail::SimNetwork& network = state_->network;
  switch (operation.kind()) {
    case OperationKind::receive_into: {
      const MutableBytes buffer = static_cast<ReceiveIntoOperation&>(operation).buffer;
      const std::size_t most = std::min(buffer.size(), network.available(descriptor));
      return network.receive(descriptor, most == 0 ? buffer : buffer.first(piece_of(most)));
    }
    case OperationKind::send: return send_some(static_cast<SendOperation&>(operation));
    case OperationKind::send_file: return send_file_some(static_cast<SendFileOperation&>(operation));
    case OperationKind::connect: {
      const int result =
          network.connect(descriptor, static_cast<ConnectOperation&>(operation).address, state_->chance.next());
      return result == -EINPROGRESS || result == -EALREADY ? -EAGAIN : result;
    }
    case OperationKind::poll: {
      const int found = network.readiness(descriptor);
      if (found < 0) return found;
      std::uint32_t wanted = static_cast<PollOperation&>(operation).events;
      if (network.is_foreign(descriptor)) wanted |= PollOperation::hang_up;
      wanted &= static_cast<std::uint32_t>(found);
      return wanted == 0 ? -EAGAIN : static_cast<std::int32_t>(wanted);
    }
    default: break;
  }
  return -EINVAL;
}

void SimLoop::attempt_polls(Entry& where) noexcept {
  std::erase_if(where.polls, [&](PollOperation* operation) {
    const std::int32_t result = attempt_once(*operation);
    if (result == -EAGAIN) return false;
    queue_late(where.poll_lane, {Step::Kind::result, Step::Side::poll, result, operation});
    return true;
  });
}

std::int32_t SimLoop::send_some(SendOperation& operation) noexcept {
  std::size_t before = 0;
  for (std::size_t index = 0; index < operation.part_count; ++index) {
    const Bytes part = operation.parts[index];
    while (operation.sent < before + part.size()) {
      const Bytes rest = part.subspan(operation.sent - before);
      const Bytes piece = rest.first(piece_of(rest.size()));
      const int count = state_->network.send(operation.descriptor, piece);
      if (count < 0) return count;
      operation.sent += static_cast<std::size_t>(count);
      if (state_->options.split_chunks && piece.size() < rest.size()) {
        // The rest goes in a step of its own, so that the reader, or a cancellation, may come first.
        if (!cancel_asked(operation)) queue_attempt(operation);
        return -EAGAIN;
      }
    }
    before += part.size();
  }
  return static_cast<std::int32_t>(operation.sent);
}

// Small pieces are as likely as large ones: what breaks a parser is a boundary in an odd place.
std::size_t SimLoop::piece_of(std::size_t size) noexcept {
  if (!state_->options.split_chunks || size <= 1) return size;
  const std::size_t most = state_->chance.coin() ? std::min<std::size_t>(size, 8) : size;
  return 1 + state_->chance.below(most);
}

}  // namespace gyre
