// The steps of an epoll loop that move bytes and connections.

#include <gyre/loop/epoll/epoll_loop.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <algorithm>
#include <cerrno>

namespace gyre {
namespace {

/// What accept(2) reports of the connection that it would have returned, not of the listener.
bool concerns_one_connection(int error) noexcept {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET: return true;
    default: return false;
  }
}

/// Negative: an errno.
std::int32_t receive_from(int descriptor, MutableBytes buffer) noexcept {
  while (true) {
    const ssize_t count = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count >= 0) return static_cast<std::int32_t>(count);
    if (errno != EINTR) return -errno;
  }
}

short poll_mask(std::uint32_t wanted) noexcept {
  int mask = 0;
  if ((wanted & PollOperation::readable) != 0) mask |= POLLIN;
  if ((wanted & PollOperation::writable) != 0) mask |= POLLOUT;
  if ((wanted & PollOperation::hang_up) != 0) mask |= POLLRDHUP;
  return static_cast<short>(mask);
}

/// What came true of what was wanted. An error or a hang-up of both sides always counts, as in poll(2).
std::uint32_t poll_result(std::uint32_t wanted, int found) noexcept {
  std::uint32_t result = 0;
  if ((found & POLLIN) != 0) result |= PollOperation::readable & wanted;
  if ((found & POLLOUT) != 0) result |= PollOperation::writable & wanted;
  if ((found & POLLRDHUP) != 0) result |= PollOperation::hang_up & wanted;
  if ((found & (POLLHUP | POLLERR)) != 0) result |= PollOperation::hang_up;
  return result;
}

}  // namespace

// --- reading ------------------------------------------------------------------------------------------------------

void EpollLoop::read_step(int descriptor) noexcept {
  detail::DescriptorEntry& entry = table_[descriptor];
  entry.read_queued = false;
  if (entry.reader == nullptr || !entry.readable) return;
  Operation& operation = *entry.reader;
  switch (operation.kind()) {
    case OperationKind::accept: accept_some(operation, descriptor, entry); break;
    case OperationKind::receive: receive_some(operation, descriptor, entry); break;
    default: receive_once(static_cast<ReceiveIntoOperation&>(operation), descriptor, entry); break;
  }
  if (entry.reader != nullptr && entry.readable) queue_read(descriptor, entry);
}

void EpollLoop::finish_reader(detail::DescriptorEntry& entry, std::int32_t result, Bytes data) noexcept {
  Operation& operation = *std::exchange(entry.reader, nullptr);
  complete(operation, {result, false, data});
}

void EpollLoop::accept_some(Operation& operation, int descriptor, detail::DescriptorEntry& entry) noexcept {
  for (unsigned count = 0; count < accepts_per_step && entry.reader == &operation; ++count) {
    const int accepted = ::accept4(descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
      table_.forget(accepted);
      complete(operation, {accepted, true, {}});
    } else if (errno == EAGAIN) {
      entry.readable = false;
      return;
    } else if (!concerns_one_connection(errno)) {
      // The connection that could not be accepted is still there, so the listener stays readable.
      return finish_reader(entry, -errno);
    }
  }
}

// A chunk that does not fill the buffer emptied the socket: the next byte brings an edge, so the call that would only
// say EAGAIN is saved. But the edge of a peer's end may have come before, and after that there is none.
void EpollLoop::receive_some(Operation& operation, int descriptor, detail::DescriptorEntry& entry) noexcept {
  const std::int32_t count = receive_from(descriptor, {buffer_.get(), receive_size});
  if (count == -EAGAIN) {
    entry.readable = false;
  } else if (count <= 0) {
    finish_reader(entry, count);
  } else {
    if (static_cast<std::size_t>(count) < receive_size && !entry.hung_up) entry.readable = false;
    complete(operation, {count, true, Bytes{buffer_.get(), static_cast<std::size_t>(count)}});
  }
}

void EpollLoop::receive_once(ReceiveIntoOperation& operation, int descriptor, detail::DescriptorEntry& entry) noexcept {
  const std::int32_t count = receive_from(descriptor, operation.buffer);
  if (count == -EAGAIN) {
    entry.readable = false;
    return;
  }
  if (count > 0 && static_cast<std::size_t>(count) < operation.buffer.size() && !entry.hung_up) entry.readable = false;
  finish_reader(entry, count);
}

// --- writing ------------------------------------------------------------------------------------------------------

bool EpollLoop::send_some(SendOperation& operation, std::int32_t& result) noexcept {
  while (true) {
    iovec vectors[SendOperation::parts_max];
    std::size_t used = 0;
    std::size_t skip = operation.sent;
    for (std::size_t index = 0; index < operation.part_count; ++index) {
      const Bytes part = operation.parts[index];
      const std::size_t skipped = std::min(skip, part.size());
      skip -= skipped;
      if (skipped < part.size()) {
        vectors[used++] = {const_cast<std::byte*>(part.data()) + skipped, part.size() - skipped};
      }
    }
    if (used == 0) {
      result = static_cast<std::int32_t>(operation.sent);
      return true;
    }
    msghdr message{};
    message.msg_iov = vectors;
    message.msg_iovlen = used;
    const ssize_t count = ::sendmsg(operation.descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      operation.sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      result = -errno;
      return true;
    }
  }
}

void EpollLoop::write_step(int descriptor) noexcept {
  detail::DescriptorEntry& entry = table_[descriptor];
  entry.write_queued = false;
  if (entry.writer == nullptr) return;
  std::int32_t result = 0;
  Operation& writer = *entry.writer;
  const bool ended = writer.kind() == OperationKind::send ? send_some(static_cast<SendOperation&>(writer), result)
                     : writer.kind() == OperationKind::send_file
                         ? send_file_some(static_cast<SendFileOperation&>(writer), entry, result)
                         : connect_ended(static_cast<ConnectOperation&>(writer), result);
  if (!ended) return;
  complete(*std::exchange(entry.writer, nullptr), {result, false, {}});
}

// Asked again, the kernel tells what has become of the attempt; SO_ERROR would call one that has not ended a success.
bool EpollLoop::connect_ended(const ConnectOperation& operation, std::int32_t& result) noexcept {
  const auto* address = reinterpret_cast<const sockaddr*>(operation.address.bytes);
  if (::connect(operation.descriptor, address, operation.address.size) != 0) {
    if (errno == EALREADY || errno == EINPROGRESS || errno == EINTR) return false;
    if (errno != EISCONN) result = -errno;
  }
  return true;
}

// --- foreign descriptors ------------------------------------------------------------------------------------------

// Edges tell when to look; what is true is asked of the kernel, so that an edge of long ago misleads nobody.
void EpollLoop::poll_step(int descriptor) noexcept {
  detail::DescriptorEntry& entry = table_[descriptor];
  entry.poll_queued = false;
  if (entry.polls.empty()) return;
  std::uint32_t wanted = 0;
  for (const PollOperation* operation : entry.polls) wanted |= operation->events;
  pollfd look{descriptor, poll_mask(wanted), 0};
  if (::poll(&look, 1, 0) <= 0) return;
  std::erase_if(entry.polls, [&](PollOperation* operation) {
    const bool gone = (look.revents & POLLNVAL) != 0;
    const std::uint32_t found = poll_result(operation->events, look.revents);
    if (!gone && found == 0) return false;
    queue_result(*operation, gone ? -EBADF : static_cast<std::int32_t>(found));
    return true;
  });
}

std::int32_t EpollLoop::poll_now(const PollOperation& operation) noexcept {
  pollfd look{operation.descriptor, poll_mask(operation.events), 0};
  if (::poll(&look, 1, 0) < 0) return -errno;
  const std::uint32_t found = poll_result(operation.events, look.revents);
  return found == 0 ? -EPERM : static_cast<std::int32_t>(found);
}

}  // namespace gyre
