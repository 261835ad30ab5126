// What a `LoopDriver` needs of a ring: a descriptor for the outer loop to poll.
//
// A ring's own is readable while a completion is in it. With DEFER_TASKRUN a completion that another thread or the
// network causes gets there only when this thread asks for it, and nobody who polls the ring meanwhile is woken. An
// eventfd that is registered with the ring is signalled then (6.1 and later), but for one case: what the write to
// another eventfd causes signals it late, by way of RCU, and on some kernels (6.18 is one) once per registration. So
// the wake descriptor, an eventfd itself, is watched beside it, and where other eventfds may be polled the registration
// is made anew before each wait.

#include <gyre/loop/uring/backend.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cerrno>

namespace gyre::uring {

Result<int> UringLoop::open_watched() {
  if (!defers_task_run()) return ring_.get()->ring_fd;
  if (watched_ >= 0) return watched_;
  if (ring_event_ < 0) ring_event_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (ring_event_ < 0) return Error::from_errno(errno);
  const int error = io_uring_register_eventfd(ring_.get(), ring_event_);
  if (error != 0 && error != -EBUSY) return Error::from_errno(-error);  // EBUSY: an earlier call came so far
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return Error::from_errno(errno);
  for (const int each : {ring_event_, wake_descriptor_}) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, each, &event) == 0) continue;
    const Error failed = Error::from_errno(errno);
    ::close(epoll);
    return failed;
  }
  watched_ = epoll;
  return epoll;
}

// The event is taken back before the ring is asked: what comes after that signals it again.
bool UringLoop::hand_over() noexcept {
  if (watched_ < 0) {
    (void)io_uring_submit(ring_.get());
  } else {
    if (has_polled_) {
      (void)io_uring_unregister_eventfd(ring_.get());
      if (io_uring_register_eventfd(ring_.get(), ring_event_) != 0) return true;  // no memory: better no sleep at all
    }
    drain_event(ring_event_);
    (void)io_uring_submit_and_get_events(ring_.get());
  }
  return reaped_next_ < reaped_.size() || io_uring_cq_ready(ring_.get()) != 0 || io_uring_sq_ready(ring_.get()) != 0;
}

}  // namespace gyre::uring
