// The steps of a simulated loop that work on files.

#include <gyre/loop/sim/internal/state.hpp>

#include <algorithm>
#include <cerrno>

namespace gyre {

void SimLoop::put_file(std::string_view path, std::string_view text) {
  const bool put = state_->files.put(path, text, wall_time());
  GYRE_ASSERT(put);
}

bool SimLoop::remove_file(std::string_view path) { return state_->files.remove(path); }

std::optional<std::string> SimLoop::file_text(std::string_view path) const {
  const std::string* text = state_->files.text(path);
  if (text == nullptr) return std::nullopt;
  return *text;
}

// Each has a lane of its own, with one step: so they end in any order.
void SimLoop::start_file(FileOperation& operation, std::int32_t failed) {
  Lane& lane = state_->file_lanes[&operation];
  queue_late(lane, {Step::Kind::file, Step::Side::none, failed, &operation});
}

// It has begun, or has not: by the seed.
void SimLoop::stop_file(FileOperation& operation) {
  if (state_->chance.coin()) return;
  Lane& lane = state_->file_lanes.at(&operation);
  Step step = lane.steps.pop();
  step.value = -ECANCELED;
  lane.steps.push(step);
}

void SimLoop::file_step(const Step& step) noexcept {
  auto& operation = static_cast<FileOperation&>(*step.operation);
  std::int32_t result = step.value;
  if (result == 0) result = -state_->faults.meet(operation);
  if (result == -EINTR) return queue_late(state_->file_lanes.at(&operation), step);  // real loops try again
  state_->file_lanes.erase(&operation);
  if (result == 0) result = work_on_file(operation);
  hand_over(operation, {result, false, {}});
}

std::int32_t SimLoop::work_on_file(FileOperation& operation) {
  switch (operation.kind()) {
    case OperationKind::open: return open_file(static_cast<OpenOperation&>(operation));
    case OperationKind::read_file: {
      const auto& read = static_cast<ReadFileOperation&>(operation);
      if (read.offset >> 63 != 0) return -EINVAL;
      Bytes found;
      if (const int failed = state_->files.read(read.descriptor, read.offset, read.buffer.size(), found)) return failed;
      found = found.first(piece_of(found.size()));
      std::copy(found.begin(), found.end(), read.buffer.begin());
      return static_cast<std::int32_t>(found.size());
    }
    case OperationKind::write_file: {
      const auto& write = static_cast<WriteFileOperation&>(operation);
      if (write.offset >> 63 != 0) return -EINVAL;
      const Bytes piece = write.bytes.first(piece_of(write.bytes.size()));
      return state_->files.write(write.descriptor, write.offset, piece, wall_time());
    }
    default: {
      auto& stat = static_cast<StatOperation&>(operation);
      if (stat.path == nullptr) return state_->files.info(stat.descriptor, stat.info);
      return state_->files.info(std::string_view{stat.path}, stat.info);
    }
  }
}

// The number first, as on Linux: without one nothing is created.
std::int32_t SimLoop::open_file(const OpenOperation& operation) {
  const int descriptor = state_->network.open_file();
  if (descriptor < 0) return descriptor;
  const int failed = state_->files.open(descriptor, operation, wall_time());
  if (failed == 0) return descriptor;
  (void)state_->network.close(descriptor);
  return failed;
}

// A piece per step where chunks are split, else until the pipe is full. -EAGAIN: it has to wait.
std::int32_t SimLoop::send_file_some(SendFileOperation& operation) noexcept {
  while (operation.sent < operation.size) {
    Bytes rest;
    const std::size_t left = operation.size - operation.sent;
    const int failed = state_->files.read(operation.file, operation.offset + operation.sent, left, rest);
    if (failed != 0) return failed;
    if (rest.empty()) break;
    const Bytes piece = rest.first(piece_of(rest.size()));
    const int count = state_->network.send(operation.descriptor, piece);
    if (count < 0) return count;
    operation.sent += static_cast<std::size_t>(count);
    if (state_->options.split_chunks && operation.sent < operation.size) {
      if (!cancel_asked(operation)) queue_attempt(operation);
      return -EAGAIN;
    }
  }
  return static_cast<std::int32_t>(operation.sent);
}

}  // namespace gyre
