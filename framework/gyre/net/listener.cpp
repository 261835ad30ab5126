#include <gyre/net/listener.hpp>

#include <cerrno>
#include <new>

namespace gyre {

Listener::Listener(Loop& loop) noexcept : loop_(&loop) {}

Listener::~Listener() { GYRE_ASSERT(operation_.descriptor < 0); }

Result<void> Listener::open(const Endpoint& endpoint, const ListenOptions& options) {
  const Result<int> descriptor = loop_->open_listener(endpoint.address(), options);
  if (!descriptor) return descriptor.error();
  shared_ = false;
  return start(*descriptor);
}

Result<void> Listener::adopt(int descriptor) {
  if (const Result<void> adopted = adopt_descriptor(descriptor); !adopted) return adopted;
  return start(descriptor);
}

Result<void> Listener::start(int descriptor) {
  GYRE_ASSERT(operation_.descriptor < 0 && !stopped_);
  const Result<SocketAddress> address = loop_->local_address(descriptor);
  if (!address) return address.error();
  endpoint_ = Endpoint{*address};
  if (loop_->backend() != Backend::sim) reserve_.open();
  operation_.descriptor = descriptor;
  loop_->submit(operation_);
  return {};
}

Task<Result<Stream>> Listener::accept() {
  Arrival arrival{*this};
  co_await arrival;
  if (next_ < waiting_.size()) {
    const int descriptor = waiting_[next_++];
    if (next_ == waiting_.size()) {
      waiting_.clear();
      next_ = 0;
    }
    co_return Stream{*loop_, descriptor};
  }
  co_return stopped_ ? Errc::closed : Errc::cancelled;
}

void Listener::wake_waiter() noexcept {
  if (arrival_ != nullptr) arrival_->wake();
}

// Without memory for one more, that one is closed and the others stay.
void Listener::keep(int descriptor) noexcept {
  try {
    waiting_.push_back(descriptor);
    wake_waiter();
  } catch (const std::bad_alloc&) {
    loop_->close(descriptor);
    ++shed_;
  }
}

void Listener::accepted(Operation& operation, const Completion& completion) noexcept {
  Listener& self = *static_cast<Accepting&>(operation).listener;
  if (completion.result >= 0) {
    if (self.stopped_) {
      self.loop_->close(completion.result);
    } else {
      self.keep(completion.result);
    }
  }
  if (completion.more) return;
  if (self.stopped_) {
    if (self.closing_) detail::resume(self.closing_);
    return;
  }
  const bool out_of_descriptors = completion.result == -EMFILE || completion.result == -ENFILE;
  if (out_of_descriptors && self.reserve_.shed(operation.descriptor)) ++self.shed_;
  // Whatever it was (no descriptors, no memory), trying again at once would only repeat it.
  self.loop_->arm(self.retry_, time_after(self.loop_->now(), pause_without_descriptors));
}

void Listener::retry(Timer& timer) noexcept {
  Listener& self = *static_cast<Retry&>(timer).listener;
  if (!self.stopped_ && !self.operation_.armed()) self.loop_->submit(self.operation_);
}

void Listener::stop() noexcept {
  if (stopped_) return;
  stopped_ = true;
  retry_.disarm();
  loop_->cancel(operation_);
  for (; next_ < waiting_.size(); ++next_) loop_->close(waiting_[next_]);
  wake_waiter();
}

Task<> Listener::close() {
  stop();
  if (operation_.descriptor < 0) co_return;
  Closing closing{*this};
  co_await closing;
  // The kernel may hold on to a closed socket for a moment, and would go on accepting for nobody.
  if (!shared_) loop_->shutdown(operation_.descriptor, ShutdownSide::both);
  loop_->close(std::exchange(operation_.descriptor, -1));
  reserve_.close();
}

}  // namespace gyre
