#include <gyre/loop/descriptor.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace gyre {

Result<void> adopt_descriptor(int descriptor) noexcept {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return Error::from_errno(errno);
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) return Error::from_errno(errno);
  return {};
}

Result<int> duplicate_descriptor(int descriptor) noexcept {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return Error::from_errno(errno);
  return copy;
}

void DescriptorReserve::open() noexcept {
  close();
  descriptor_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void DescriptorReserve::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

bool DescriptorReserve::shed(int listener) noexcept {
  if (descriptor_ < 0) return false;
  close();
  const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (accepted >= 0) ::close(accepted);
  open();
  return accepted >= 0;
}

}  // namespace gyre
