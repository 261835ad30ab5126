#include <gyre/loop/signals.hpp>

#include <sys/signalfd.h>
#include <unistd.h>
#include <bit>
#include <cerrno>
#include <csignal>
#include <new>

namespace gyre {
namespace {

sigset_t set_of(std::initializer_list<int> signals) noexcept {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

BlockedSignals::BlockedSignals(std::initializer_list<int> signals) noexcept {
  static_assert(sizeof(sigset_t) <= mask_bytes && alignof(sigset_t) <= 8);
  const sigset_t set = set_of(signals);
  ::pthread_sigmask(SIG_BLOCK, &set, new (before_) sigset_t);
}

void BlockedSignals::restore() noexcept {
  if (!blocked_) return;
  blocked_ = false;
  ::pthread_sigmask(SIG_SETMASK, reinterpret_cast<const sigset_t*>(before_), nullptr);
}

void discard_pending_signal(int signal) noexcept {
  const sigset_t set = set_of({signal});
  const timespec no_time{};
  while (::sigtimedwait(&set, nullptr, &no_time) == signal) {
  }
}

Signals::Signals(Loop& loop) noexcept : loop_(&loop) { loop.signals_.push_back(*this); }

Signals::~Signals() { GYRE_ASSERT(watch_.descriptor < 0 && arrival_ == nullptr); }

Result<void> Signals::open(std::initializer_list<int> signals) {
  for (const int signal : signals) wanted_ |= bit(signal);
  if (loop_->backend() == Backend::sim) return {};
  const sigset_t set = set_of(signals);
  watch_.descriptor = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (watch_.descriptor < 0) return Error::from_errno(errno);
  watch_.events = PollOperation::readable;
  loop_->submit(watch_);
  return {};
}

void Signals::deliver(int signal) noexcept {
  if ((wanted_ & bit(signal)) == 0) return;
  pending_ |= bit(signal);
  if (arrival_ != nullptr) arrival_->wake();
}

void Signals::readable(Operation& operation, const Completion&) noexcept {
  Signals& self = *static_cast<Watch&>(operation).signals;
  signalfd_siginfo info;
  while (::read(operation.descriptor, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    self.deliver(static_cast<int>(info.ssi_signo));
  }
  if (self.closing_) {
    detail::resume(self.closing_);
  } else {
    self.loop_->submit(operation);
  }
}

Task<int> Signals::next() {
  Arrival arrival{*this};
  co_await arrival;
  const int signal = std::countr_zero(pending_) + 1;
  pending_ &= pending_ - 1;
  co_return signal;
}

Task<> Signals::close() {
  if (watch_.descriptor < 0) co_return;
  Closing closing{*this};
  co_await closing;
  loop_->close(watch_.descriptor);
  watch_.descriptor = -1;
}

}  // namespace gyre
