#include <gyre/loop/uring/uring_loop.hpp>

#include <gyre/loop/internal/clock.hpp>
#include <gyre/loop/uring/backend.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>

namespace gyre::uring {
namespace {

constexpr Duration tick = std::chrono::milliseconds{1};
/// Completions that one turn runs at most, so that timers and other work are not kept waiting by a flood.
constexpr std::size_t completions_per_turn = 1024;

unsigned poll_mask(std::uint32_t events) noexcept {
  unsigned mask = 0;
  if ((events & PollOperation::readable) != 0) mask |= POLLIN;
  if ((events & PollOperation::writable) != 0) mask |= POLLOUT;
  if ((events & PollOperation::hang_up) != 0) mask |= POLLRDHUP;
  return mask;
}

std::int32_t poll_events(std::int32_t mask) noexcept {
  std::uint32_t events = 0;
  if ((mask & POLLIN) != 0) events |= PollOperation::readable;
  if ((mask & POLLOUT) != 0) events |= PollOperation::writable;
  if ((mask & (POLLRDHUP | POLLHUP | POLLERR)) != 0) events |= PollOperation::hang_up;
  return static_cast<std::int32_t>(events);
}

}  // namespace

void drain_event(int event) noexcept {
  std::uint64_t drained = 0;
  (void)!::read(event, &drained, sizeof drained);
}

UringLoop::UringLoop() noexcept : Loop(tick) {}

UringLoop::~UringLoop() {
  await_posts();
  if (wake_descriptor_ < 0) return;    // it was never opened
  (void)io_uring_submit(ring_.get());  // descriptors that were closed last
  ::close(wake_descriptor_);
  if (watched_ >= 0) ::close(watched_);
  if (ring_event_ >= 0) ::close(ring_event_);
}

Result<void> UringLoop::open(const LoopOptions& options) {
  if (Result<void> opened = ring_.open(options); !opened) return opened;
  if (Result<void> opened = buffers_.open(ring_, options.receive_buffers, options.receive_buffer_size); !opened) {
    return opened;
  }
  if (Result<void> opened = bulk_buffers_.open(ring_, options.bulk_buffers, options.bulk_buffer_size); !opened) {
    return opened;
  }
  wake_descriptor_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_descriptor_ < 0) return Error::from_errno(errno);
  reaped_.reserve(options.completion_entries);
  arm_wake();
  set_now(detail::monotonic_now());
  return {};
}

void UringLoop::close(int descriptor) noexcept {
  io_uring_sqe* sqe = next_sqe();
  io_uring_prep_close(sqe, descriptor);
  sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  sqe->user_data = ignored;
}

void UringLoop::reset(int descriptor) noexcept {
  detail::reset_on_close(descriptor);
  close(descriptor);
}

void UringLoop::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(wake_descriptor_, &one, sizeof one);
}

std::uint64_t UringLoop::seed() noexcept { return detail::system_random(); }

// A full submission queue is handed over at once. If the kernel will not take more because completions wait, they are
// taken first; then it does.
io_uring_sqe* UringLoop::next_sqe() noexcept {
  io_uring_sqe* sqe = io_uring_get_sqe(ring_.get());
  while (sqe == nullptr) {
    if (io_uring_submit(ring_.get()) < 0) (void)io_uring_get_events(ring_.get());
    reap();
    sqe = io_uring_get_sqe(ring_.get());
  }
  return sqe;
}

void UringLoop::arm_wake() noexcept {
  io_uring_sqe* sqe = next_sqe();
  io_uring_prep_poll_multishot(sqe, wake_descriptor_, POLLIN);
  sqe->user_data = wake_up;
}

void UringLoop::prepare_send(io_uring_sqe* sqe, SendOperation& operation) noexcept {
  // MSG_WAITALL: the kernel itself goes on after a short write.
  constexpr int flags = MSG_NOSIGNAL | MSG_WAITALL;
  std::size_t skip = operation.sent;
  unsigned count = 0;
  for (unsigned index = 0; index < operation.part_count; ++index) {
    const Bytes part = operation.parts[index];
    if (skip >= part.size()) {
      skip -= part.size();
      continue;
    }
    operation.kernel.vectors[count++] = {part.data() + skip, part.size() - skip};
    skip = 0;
  }
  if (count <= 1) {
    const auto& vector = operation.kernel.vectors[0];
    io_uring_prep_send(sqe, operation.descriptor, count == 0 ? nullptr : vector.base, count == 0 ? 0 : vector.size,
                       flags);
    return;
  }
  static_assert(sizeof(operation.kernel.header) >= sizeof(msghdr));
  static_assert(sizeof(operation.kernel.vectors[0]) == sizeof(iovec));
  auto* header = new (operation.kernel.header) msghdr{};
  header->msg_iov = reinterpret_cast<iovec*>(operation.kernel.vectors);
  header->msg_iovlen = count;
  io_uring_prep_sendmsg(sqe, operation.descriptor, header, flags);
}

void UringLoop::start(Operation& operation) noexcept {
  if (operation.kind() == OperationKind::send_file) return start_send_file(static_cast<SendFileOperation&>(operation));
  io_uring_sqe* sqe = next_sqe();
  switch (operation.kind()) {
    case OperationKind::accept:
      io_uring_prep_multishot_accept(sqe, operation.descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      break;
    case OperationKind::receive: {
      auto& receive = static_cast<ReceiveOperation&>(operation);
      receive.armed_in_bulk = receive.in_bulk;
      io_uring_prep_recv_multishot(sqe, operation.descriptor, nullptr, 0, 0);
      sqe->flags |= IOSQE_BUFFER_SELECT;
      sqe->buf_group = (receive.in_bulk ? bulk_buffers_ : buffers_).group();
      break;
    }
    case OperationKind::receive_into: {
      const MutableBytes buffer = static_cast<ReceiveIntoOperation&>(operation).buffer;
      io_uring_prep_recv(sqe, operation.descriptor, buffer.data(), buffer.size(), 0);
      break;
    }
    case OperationKind::send: {
      auto& send = static_cast<SendOperation&>(operation);
      if (!parked(operation)) send.sent = 0;
      prepare_send(sqe, send);
      break;
    }
    case OperationKind::connect: {
      auto& connect = static_cast<ConnectOperation&>(operation);
      io_uring_prep_connect(sqe, operation.descriptor, reinterpret_cast<const sockaddr*>(connect.address.bytes),
                            connect.address.size);
      break;
    }
    case OperationKind::poll:
      has_polled_ = true;
      io_uring_prep_poll_add(sqe, operation.descriptor, poll_mask(static_cast<PollOperation&>(operation).events));
      break;
    case OperationKind::open:
    case OperationKind::read_file:
    case OperationKind::write_file:
    case OperationKind::stat: prepare_file(sqe, static_cast<FileOperation&>(operation)); break;
    case OperationKind::send_file: break;  // has steps of its own
  }
  parked(operation) = false;
  sqe->user_data = reinterpret_cast<std::uintptr_t>(&operation);
}

// A parked operation is not with the kernel: whoever parked it sees the mark that `Loop::cancel` has set.
void UringLoop::stop(Operation& operation) noexcept {
  if (parked(operation)) return;
  io_uring_sqe* sqe = next_sqe();
  io_uring_prep_cancel64(sqe, reinterpret_cast<std::uintptr_t>(&operation), 0);
  sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  sqe->user_data = ignored;
}

bool UringLoop::wait(TimePoint until) noexcept {
  io_uring_cqe* cqe = nullptr;
  if (until == TimePoint::min() || reaped_next_ < reaped_.size()) {
    (void)io_uring_submit_and_get_events(ring_.get());
  } else if (until == time_never) {
    (void)io_uring_submit_and_wait_timeout(ring_.get(), &cqe, 1, nullptr, nullptr);
  } else if (const TimePoint now = detail::monotonic_now(); until <= now) {
    (void)io_uring_submit_and_get_events(ring_.get());
  } else {
    const auto left = (until - now).count();
    __kernel_timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
    (void)io_uring_submit_and_wait_timeout(ring_.get(), &cqe, 1, &timeout, nullptr);
  }
  reap();
  set_now(detail::monotonic_now());
  return true;
}

void UringLoop::reap() noexcept {
  unsigned head = 0;
  unsigned count = 0;
  io_uring_cqe* cqe = nullptr;
  io_uring_for_each_cqe(ring_.get(), head, cqe) {
    ++count;
    if (cqe->user_data != ignored) reaped_.push_back({cqe->user_data, cqe->res, cqe->flags});
  }
  io_uring_cq_advance(ring_.get(), count);
}

bool UringLoop::dispatch() noexcept {
  for (std::size_t count = 0; count < completions_per_turn && reaped_next_ < reaped_.size(); ++count) {
    const Reaped reaped = reaped_[reaped_next_++];  // a copy: what runs may reap and so grow the vector
    if (reaped.user_data == wake_up) {
      drain_event(wake_descriptor_);
      if ((reaped.flags & IORING_CQE_F_MORE) == 0) arm_wake();
      continue;
    }
    deliver(*reinterpret_cast<Operation*>(static_cast<std::uintptr_t>(reaped.user_data)), reaped);
  }
  buffers_.publish();
  bulk_buffers_.publish();
  restart_starved();
  if (reaped_next_ < reaped_.size()) return false;
  reaped_.clear();
  reaped_next_ = 0;
  return true;
}

void UringLoop::deliver(Operation& operation, const Reaped& reaped) noexcept {
  switch (operation.kind()) {
    case OperationKind::accept: return deliver_accept(operation, reaped);
    case OperationKind::receive: return deliver_receive(operation, reaped);
    case OperationKind::send: return deliver_send(static_cast<SendOperation&>(operation), reaped);
    case OperationKind::poll:
      return complete(operation, {reaped.result < 0 ? reaped.result : poll_events(reaped.result), false, {}});
    case OperationKind::receive_into:
    case OperationKind::connect: return complete(operation, {reaped.result, false, {}});
    case OperationKind::open:
    case OperationKind::read_file:
    case OperationKind::write_file:
    case OperationKind::stat: return deliver_file(static_cast<FileOperation&>(operation), reaped.result);
    case OperationKind::send_file: return deliver_send_file(static_cast<SendFileOperation&>(operation), reaped.result);
  }
}

// The kernel ended a multishot that, for its owner, goes on. The owner may have cancelled it in the meantime.
void UringLoop::go_on(Operation& operation) noexcept {
  if (!parked(operation)) return;
  if (cancel_asked(operation)) {
    complete(operation, {-ECANCELED, false, {}});
  } else {
    start(operation);
  }
}

void UringLoop::deliver_accept(Operation& operation, const Reaped& reaped) noexcept {
  const bool more = (reaped.flags & IORING_CQE_F_MORE) != 0;
  const bool transient = reaped.result == -ECONNABORTED || reaped.result == -EAGAIN || reaped.result == -EINTR;
  if (reaped.result < 0 && !transient) return complete(operation, {reaped.result, false, {}});
  parked(operation) = !more;
  if (reaped.result >= 0) complete(operation, {reaped.result, true, {}});
  go_on(operation);
}

void UringLoop::deliver_receive(Operation& operation, const Reaped& reaped) noexcept {
  const bool more = (reaped.flags & IORING_CQE_F_MORE) != 0;
  if (reaped.result == -ENOBUFS) {
    parked(operation) = true;
    starved_.push_back(&operation);
    return;
  }
  BufferRing& buffers = static_cast<ReceiveOperation&>(operation).armed_in_bulk ? bulk_buffers_ : buffers_;
  const bool has_buffer = (reaped.flags & IORING_CQE_F_BUFFER) != 0;
  const unsigned index = reaped.flags >> IORING_CQE_BUFFER_SHIFT;
  if (reaped.result > 0) {
    parked(operation) = !more;
    const Bytes data{buffers.buffer(index), static_cast<std::size_t>(reaped.result)};
    complete(operation, {reaped.result, true, data});
  }
  if (has_buffer) buffers.give_back(index);
  if (reaped.result > 0) return go_on(operation);
  complete(operation, {reaped.result, false, {}});
}

void UringLoop::deliver_send(SendOperation& operation, const Reaped& reaped) noexcept {
  std::size_t total = 0;
  for (unsigned index = 0; index < operation.part_count; ++index) total += operation.parts[index].size();
  if (reaped.result > 0) operation.sent += static_cast<std::size_t>(reaped.result);
  const bool interrupted = reaped.result > 0 || reaped.result == -EINTR || reaped.result == -EAGAIN;
  if (interrupted && operation.sent < total && !cancel_asked(operation)) {
    parked(operation) = true;
    return start(operation);
  }
  const bool some = operation.sent > 0 && (reaped.result >= 0 || reaped.result == -ECANCELED);
  complete(operation, {some ? static_cast<std::int32_t>(operation.sent) : reaped.result, false, {}});
}

// Every buffer of this turn is back. An operation that found none before is armed anew, once per turn.
void UringLoop::restart_starved() noexcept {
  for (std::size_t index = 0, count = starved_.size(); index < count; ++index) go_on(*starved_[index]);
  starved_.clear();
}

}  // namespace gyre::uring

namespace gyre {

Result<std::unique_ptr<Loop>> make_uring_loop(const LoopOptions& options) {
  auto loop = std::make_unique<uring::UringLoop>();
  if (const Result<void> opened = loop->open(options); !opened) return opened.error();
  return std::unique_ptr<Loop>{std::move(loop)};
}

bool uring_defers_task_run(const Loop& loop) noexcept {
  return static_cast<const uring::UringLoop&>(loop).defers_task_run();
}

}  // namespace gyre
