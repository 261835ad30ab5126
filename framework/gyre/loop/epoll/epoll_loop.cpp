#include <gyre/loop/epoll/epoll_loop.hpp>

#include <gyre/loop/internal/clock.hpp>
#include <gyre/loop/internal/socket.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>

namespace gyre {
namespace {

constexpr std::uint32_t interest = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
/// Room for steps that is there from the start: more than a turn of a busy loop needs.
constexpr std::size_t usual_steps = 4096;

int control(int epoll, int action, int descriptor) noexcept {
  epoll_event event{};
  event.events = interest;
  event.data.fd = descriptor;
  return ::epoll_ctl(epoll, action, descriptor, &event) == 0 ? 0 : -errno;
}

}  // namespace

Result<std::unique_ptr<Loop>> EpollLoop::make(Features features) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return Error::from_errno(errno);
  const int wake_event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_event < 0 || control(epoll, EPOLL_CTL_ADD, wake_event) != 0) {
    const Error error = Error::from_errno(errno);
    if (wake_event >= 0) ::close(wake_event);
    ::close(epoll);
    return error;
  }
  return std::unique_ptr<Loop>{new EpollLoop{features, epoll, wake_event}};
}

Result<std::unique_ptr<Loop>> make_epoll_loop(const LoopOptions&) { return EpollLoop::make({}); }

EpollLoop::EpollLoop(Features features, int epoll, int wake_event)
    : Loop(std::chrono::milliseconds{1}),
      features_(features),
      epoll_(epoll),
      wake_event_(wake_event),
      buffer_(new std::byte[receive_size]),
      events_(new epoll_event[events_per_wait]) {
  steps_.reserve(usual_steps);
  set_now(detail::monotonic_now());
}

EpollLoop::~EpollLoop() {
  await_posts();
  ::close(wake_event_);
  ::close(epoll_);
}

// --- descriptors --------------------------------------------------------------------------------------------------

Result<int> EpollLoop::open_listener(const SocketAddress& address, const ListenOptions& options) {
  auto opened = detail::open_listener(address, options);
  if (opened) table_.forget(*opened);
  return opened;
}

Result<int> EpollLoop::open_socket(const SocketAddress& address) {
  auto opened = detail::open_socket(address);
  if (opened) table_.forget(*opened);
  return opened;
}

Result<SocketAddress> EpollLoop::local_address(int descriptor) { return detail::local_address(descriptor); }
Result<SocketAddress> EpollLoop::peer_address(int descriptor) { return detail::peer_address(descriptor); }
void EpollLoop::shutdown(int descriptor, ShutdownSide side) noexcept { detail::shutdown(descriptor, side); }

// The kernel ends the registration with the descriptor. Steps that are still queued for the number find nothing to do,
// or try in vain on its next bearer: both are harmless.
void EpollLoop::close(int descriptor) noexcept {
  if (detail::DescriptorEntry* entry = table_.find(descriptor)) {
    GYRE_ASSERT(entry->idle());
    *entry = {};
  }
  detail::close_descriptor(descriptor);
}

void EpollLoop::reset(int descriptor) noexcept {
  detail::reset_on_close(descriptor);
  close(descriptor);
}

// --- starting and stopping ----------------------------------------------------------------------------------------

void EpollLoop::start(Operation& operation) noexcept {
  if (works_on_file(operation.kind())) return start_file(static_cast<FileOperation&>(operation));
  if (operation.descriptor < 0) return queue_result(operation, -EBADF);
  detail::DescriptorEntry* made = table_.make(operation.descriptor);
  if (made == nullptr) return queue_result(operation, -ENOMEM);
  detail::DescriptorEntry& entry = *made;
  switch (operation.kind()) {
    case OperationKind::accept:
    case OperationKind::receive:
    case OperationKind::receive_into: return start_reader(operation, entry);
    case OperationKind::send: return start_send(static_cast<SendOperation&>(operation), entry);
    case OperationKind::connect: return start_connect(static_cast<ConnectOperation&>(operation), entry);
    case OperationKind::send_file: return start_send_file(static_cast<SendFileOperation&>(operation), entry);
    case OperationKind::poll: return start_poll(static_cast<PollOperation&>(operation), entry);
    case OperationKind::open:
    case OperationKind::read_file:
    case OperationKind::write_file:
    case OperationKind::stat: break;  // on no descriptor's entry
  }
}

void EpollLoop::start_reader(Operation& operation, detail::DescriptorEntry& entry) noexcept {
  if (entry.reader != nullptr) return queue_result(operation, -EBUSY);
  if (const int failed = watch(operation.descriptor, entry)) return queue_result(operation, failed);
  entry.reader = &operation;
  if (entry.readable) queue_read(operation.descriptor, entry);
}

// Tried at once: the socket has room nearly always, and then it need not even be registered.
void EpollLoop::start_send(SendOperation& operation, detail::DescriptorEntry& entry) noexcept {
  if (entry.writer != nullptr) return queue_result(operation, -EBUSY);
  operation.sent = 0;
  std::int32_t result = 0;
  if (send_some(operation, result)) return queue_result(operation, result);
  if (const int failed = watch(operation.descriptor, entry)) return queue_result(operation, failed);
  entry.writer = &operation;
}

void EpollLoop::start_connect(ConnectOperation& operation, detail::DescriptorEntry& entry) noexcept {
  if (entry.writer != nullptr) return queue_result(operation, -EBUSY);
  const auto* address = reinterpret_cast<const sockaddr*>(operation.address.bytes);
  if (::connect(operation.descriptor, address, operation.address.size) == 0) return queue_result(operation, 0);
  if (errno != EINPROGRESS) return queue_result(operation, -errno);
  if (const int failed = watch(operation.descriptor, entry)) return queue_result(operation, failed);
  entry.writer = &operation;
}

// The descriptor may belong to a library that closes it without telling, and its number may stand for another one by
// now: so nothing is believed of earlier registrations. A modification makes the kernel look at the readiness anew,
// which is what a poll wants anyway.
void EpollLoop::start_poll(PollOperation& operation, detail::DescriptorEntry& entry) noexcept {
  int failed = control(epoll_, EPOLL_CTL_MOD, operation.descriptor);
  if (failed == -ENOENT) failed = control(epoll_, EPOLL_CTL_ADD, operation.descriptor);
  // What cannot be watched never waits (a regular file), and poll(2) says so: as io_uring does.
  if (failed == -EPERM) return queue_result(operation, poll_now(operation));
  if (failed != 0) return queue_result(operation, failed);
  try {
    entry.polls.push_back(&operation);
  } catch (const std::bad_alloc&) {
    queue_result(operation, -ENOMEM);
  }
}

int EpollLoop::watch(int descriptor, detail::DescriptorEntry& entry) noexcept {
  if (entry.registered) return 0;
  int failed = control(epoll_, EPOLL_CTL_ADD, descriptor);
  if (failed == -EEXIST) failed = control(epoll_, EPOLL_CTL_MOD, descriptor);
  entry.registered = failed == 0;
  return failed;
}

// An operation that is in no entry has its result in the queue already: done wins.
void EpollLoop::stop(Operation& operation) noexcept {
  if (works_on_file(operation.kind())) return stop_file(static_cast<FileOperation&>(operation));
  detail::DescriptorEntry* entry = table_.find(operation.descriptor);
  if (entry == nullptr) return;
  if (entry->reader == &operation) {
    entry->reader = nullptr;
    queue_result(operation, -ECANCELED);
  } else if (entry->writer == &operation) {
    entry->writer = nullptr;
    const std::size_t sent = sent_by(operation);
    queue_result(operation, sent > 0 ? static_cast<std::int32_t>(sent) : -ECANCELED);
  } else if (const auto found = std::find(entry->polls.begin(), entry->polls.end(), &operation);
             found != entry->polls.end()) {
    entry->polls.erase(found);
    queue_result(operation, -ECANCELED);
  }
}

// --- waiting ------------------------------------------------------------------------------------------------------

bool EpollLoop::wait(TimePoint until) noexcept {
  const int count = wait_for_events(until);
  for (int index = 0; index < count; ++index) {
    if (events_[index].data.fd == wake_event_) {
      drain_wake();
    } else {
      note_event(events_[index].data.fd, events_[index].events);
    }
  }
  set_now(detail::monotonic_now());
  return true;
}

int EpollLoop::wait_for_events(TimePoint until) noexcept {
  Duration length = Duration::zero();
  if (steps_.empty() && until > now()) {
    // The time of the last wait is too old to measure from: the turn since then has taken its own.
    length = until == time_never ? Duration::max() : std::max(until - detail::monotonic_now(), Duration::zero());
  }
  const bool for_ever = length == Duration::max();
  if (features_.nanosecond_wait && length != Duration::zero()) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(length);
    timespec timeout{};
    timeout.tv_sec = static_cast<time_t>(seconds.count());
    timeout.tv_nsec = static_cast<long>((length - seconds).count());
    const int count = ::epoll_pwait2(epoll_, events_.get(), events_per_wait, for_ever ? nullptr : &timeout, nullptr);
    // EPERM: a container's filter that does not know this call.
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    features_.nanosecond_wait = false;
  }
  const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(length).count();
  const int timeout = for_ever ? -1 : static_cast<int>(std::min<std::int64_t>(rounded_up, INT_MAX));
  return ::epoll_wait(epoll_, events_.get(), events_per_wait, timeout);
}

void EpollLoop::note_event(int descriptor, std::uint32_t events) noexcept {
  detail::DescriptorEntry& entry = table_[descriptor];
  const bool ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (ended) entry.hung_up = true;
  if (ended || (events & EPOLLIN) != 0) {
    entry.readable = true;
    if (entry.reader != nullptr) queue_read(descriptor, entry);
  }
  // Nothing is kept of writability: a send or a connect tries first and waits for the edge after that.
  if ((ended || (events & EPOLLOUT) != 0) && entry.writer != nullptr) queue_write(descriptor, entry);
  if (!entry.polls.empty()) queue_poll(descriptor, entry);
}

void EpollLoop::wake() noexcept {
  const std::uint64_t one = 1;
  // Cannot fail but by a counter at its end, and then the loop wakes all the same.
  [[maybe_unused]] const auto written = ::write(wake_event_, &one, sizeof one);
}

void EpollLoop::drain_wake() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(wake_event_, &count, sizeof count);
}

std::uint64_t EpollLoop::seed() noexcept { return detail::system_random(); }

// --- the queue of steps -------------------------------------------------------------------------------------------

void EpollLoop::queue_result(Operation& operation, std::int32_t result) noexcept {
  steps_.push({Step::Kind::result, result, &operation});
}

void EpollLoop::queue_read(int descriptor, detail::DescriptorEntry& entry) noexcept {
  if (std::exchange(entry.read_queued, true)) return;
  steps_.push({Step::Kind::read, descriptor, nullptr});
}

void EpollLoop::queue_write(int descriptor, detail::DescriptorEntry& entry) noexcept {
  if (std::exchange(entry.write_queued, true)) return;
  steps_.push({Step::Kind::write, descriptor, nullptr});
}

void EpollLoop::queue_poll(int descriptor, detail::DescriptorEntry& entry) noexcept {
  if (std::exchange(entry.poll_queued, true)) return;
  steps_.push({Step::Kind::poll, descriptor, nullptr});
}

// Only what was there at the start: a stream that never runs dry, or a handler that asks again and again, gets one step
// per turn like everybody else.
bool EpollLoop::dispatch() noexcept {
  for (std::size_t left = std::min(steps_.size(), steps_per_turn); left > 0; --left) {
    const Step step = steps_.pop();
    switch (step.kind) {
      case Step::Kind::result: complete(*step.operation, {step.value, false, {}}); break;
      case Step::Kind::read: read_step(step.value); break;
      case Step::Kind::write: write_step(step.value); break;
      case Step::Kind::poll: poll_step(step.value); break;
    }
  }
  return steps_.empty();
}

}  // namespace gyre
