// Files on io_uring. What may wait for a disk is done by the kernel's own threads, a bounded number of them.

#include <gyre/loop/internal/file.hpp>
#include <gyre/loop/uring/backend.hpp>

#include <fcntl.h>
#include <poll.h>
#include <algorithm>
#include <cerrno>

namespace gyre::uring {
namespace {

/// What the kernel is at, for a `SendFileOperation`.
enum Step : unsigned char {
  known,     ///< Nothing: the result was known at the start.
  filling,   ///< File into pipe.
  draining,  ///< Pipe into socket.
  waiting,   ///< For room in the socket.
};

unsigned size_of(std::size_t bytes) noexcept {
  return static_cast<unsigned>(std::min(bytes, ReadFileOperation::transfer_max));
}

}  // namespace

void UringLoop::prepare_file(io_uring_sqe* sqe, FileOperation& operation) noexcept {
  switch (operation.kind()) {
    case OperationKind::open: {
      auto& open = static_cast<OpenOperation&>(operation);
      if (open.directory != nullptr) {
        return io_uring_prep_openat2(sqe, open.descriptor, open.path, detail::open_room(open));
      }
      return io_uring_prep_openat(sqe, AT_FDCWD, open.path, detail::open_flags(open.how), open.permissions);
    }
    case OperationKind::read_file: {
      const auto& read = static_cast<ReadFileOperation&>(operation);
      return io_uring_prep_read(sqe, read.descriptor, read.buffer.data(), size_of(read.buffer.size()), read.offset);
    }
    case OperationKind::write_file: {
      const auto& write = static_cast<WriteFileOperation&>(operation);
      return io_uring_prep_write(sqe, write.descriptor, write.bytes.data(), size_of(write.bytes.size()), write.offset);
    }
    default: {
      auto& stat = static_cast<StatOperation&>(operation);
      const int directory = stat.path == nullptr ? stat.descriptor : AT_FDCWD;
      return io_uring_prep_statx(sqe, directory, detail::stat_path(stat), detail::stat_flags(stat), detail::stat_mask(),
                                 detail::stat_room(stat));
    }
  }
}

void UringLoop::deliver_file(FileOperation& operation, std::int32_t result) noexcept {
  if (result == -EINTR) {  // the kernel's way to stop one of its threads
    if (!cancel_asked(operation)) return start(operation);
    result = -ECANCELED;
  }
  if (operation.kind() == OperationKind::open && result >= 0) {
    detail::settle_opened(result, static_cast<OpenOperation&>(operation).how);
  }
  if (operation.kind() == OperationKind::stat && result == 0) detail::take_stat(static_cast<StatOperation&>(operation));
  complete(operation, {result, false, {}});
}

// --- file into socket ---------------------------------------------------------------------------------------------
//
// A pipe is filled from the file and drained into the socket, again and again. The kernel's threads do both, so neither
// may wait for the peer: the socket is non-blocking, and what does not fit is tried again when a poll says so.

void UringLoop::start_send_file(SendFileOperation& operation) noexcept {
  operation.sent = 0;
  operation.size = std::min(operation.size, SendFileOperation::size_max);
  operation.pipe = {};
  Pipe pipe;
  const int failed = operation.size == 0 ? 0 : pipes_.take(pipe);
  if (failed != 0 || operation.size == 0) {
    operation.pipe.step = known;
    reaped_.push_back({reinterpret_cast<std::uintptr_t>(&operation), failed, 0});
    return;
  }
  operation.pipe.out = pipe.out;
  operation.pipe.in = pipe.in;
  fill_pipe(operation);
}

void UringLoop::fill_pipe(SendFileOperation& operation) noexcept {
  io_uring_sqe* sqe = next_sqe();
  const auto size = static_cast<unsigned>(std::min(operation.size - operation.sent, PipePool::capacity));
  io_uring_prep_splice(sqe, operation.file, static_cast<std::int64_t>(operation.offset + operation.sent),
                       operation.pipe.in, -1, size, 0);
  sqe->user_data = reinterpret_cast<std::uintptr_t>(&operation);
  operation.pipe.step = filling;
}

void UringLoop::drain_pipe(SendFileOperation& operation) noexcept {
  io_uring_sqe* sqe = next_sqe();
  io_uring_prep_splice(sqe, operation.pipe.out, -1, operation.descriptor, -1,
                       static_cast<unsigned>(operation.pipe.held), 0);
  sqe->user_data = reinterpret_cast<std::uintptr_t>(&operation);
  operation.pipe.step = draining;
}

void UringLoop::await_room(SendFileOperation& operation) noexcept {
  io_uring_sqe* sqe = next_sqe();
  io_uring_prep_poll_add(sqe, operation.descriptor, POLLOUT);
  sqe->user_data = reinterpret_cast<std::uintptr_t>(&operation);
  operation.pipe.step = waiting;
}

void UringLoop::deliver_send_file(SendFileOperation& operation, std::int32_t result) noexcept {
  const unsigned char step = operation.pipe.step;
  if (step == known) return complete(operation, {result, false, {}});
  if (step == draining && result > 0) {
    operation.sent += static_cast<std::size_t>(result);
    operation.pipe.held -= static_cast<std::size_t>(result);
    if (operation.sent == operation.size) return finish_send_file(operation, 0);
  }
  if (step == filling && result == 0) return finish_send_file(operation, 0);  // the file ends here
  if (cancel_asked(operation)) return finish_send_file(operation, -ECANCELED);
  if (step == filling && result > 0) operation.pipe.held = static_cast<std::size_t>(result);
  const bool full = step == draining && result == -EAGAIN;
  if (result < 0 && result != -EINTR && !full) return finish_send_file(operation, result);
  if (step == draining && result == 0) return finish_send_file(operation, -EIO);  // no socket does so
  if (operation.pipe.held == 0) return fill_pipe(operation);
  // What was cut short has met a full socket.
  if (step == draining && result != -EINTR) return await_room(operation);
  drain_pipe(operation);
}

void UringLoop::finish_send_file(SendFileOperation& operation, std::int32_t result) noexcept {
  const Pipe pipe{operation.pipe.out, operation.pipe.in};
  // Filled while it was being cancelled, a pipe is as little empty as one that was not drained.
  const bool empty = operation.pipe.held == 0 && result == 0;
  empty ? pipes_.give_back(pipe) : PipePool::discard(pipe);
  const bool some = operation.sent > 0 && (result == 0 || result == -ECANCELED);
  complete(operation, {some ? static_cast<std::int32_t>(operation.sent) : result, false, {}});
}

}  // namespace gyre::uring
