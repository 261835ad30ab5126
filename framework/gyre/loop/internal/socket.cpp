#include <gyre/loop/internal/socket.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace gyre::detail {
namespace {

/// Owns a descriptor on the way to success.
class Holder {
 public:
  explicit Holder(int descriptor) noexcept : descriptor_(descriptor) {}
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const noexcept { return descriptor_; }
  int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

const sockaddr* raw(const SocketAddress& address) noexcept { return reinterpret_cast<const sockaddr*>(address.bytes); }

bool internet(const SocketAddress& address) noexcept {
  return raw(address)->sa_family == AF_INET || raw(address)->sa_family == AF_INET6;
}

Error last_error() noexcept { return Error::from_errno(errno); }

bool set_flag(int descriptor, int level, int name, int value = 1) noexcept {
  return ::setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

int open_raw(const SocketAddress& address) noexcept {
  if (address.size < sizeof(sa_family_t) || address.size > SocketAddress::capacity) {
    errno = EINVAL;
    return -1;
  }
  return ::socket(raw(address)->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

bool bind_to(int descriptor, const SocketAddress& address) noexcept {
  return ::bind(descriptor, raw(address), address.size) == 0;
}

/// True if the address is the file of a Unix socket that no process listens on any more, and the file is now gone.
/// A refused connection alone proves nothing: a regular file refuses as well, and must stay.
bool removed_stale_file(const SocketAddress& address) noexcept {
  if (raw(address)->sa_family != AF_UNIX) return false;
  sockaddr_un name{};
  std::memcpy(&name, address.bytes, address.size < sizeof name ? address.size : sizeof name);
  char path[sizeof name.sun_path + 1] = {};
  std::memcpy(path, name.sun_path, sizeof name.sun_path);
  struct stat status{};
  if (path[0] == '\0' || ::lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const Holder probe{open_raw(address)};
  if (probe.get() < 0) return false;
  if (::connect(probe.get(), raw(address), address.size) == 0 || errno != ECONNREFUSED) return false;
  return ::unlink(path) == 0;
}

template <class Query>
Result<SocketAddress> ask_address(int descriptor, Query query) {
  SocketAddress address;
  socklen_t size = SocketAddress::capacity;
  if (query(descriptor, reinterpret_cast<sockaddr*>(address.bytes), &size) != 0) return last_error();
  address.size = size < SocketAddress::capacity ? size : SocketAddress::capacity;
  return address;
}

}  // namespace

Result<int> open_listener(const SocketAddress& address, const ListenOptions& options) {
  Holder socket{open_raw(address)};
  if (socket.get() < 0) return last_error();
  if (internet(address)) {
    const bool ipv6 = raw(address)->sa_family == AF_INET6;
    if (!set_flag(socket.get(), SOL_SOCKET, SO_REUSEADDR) ||
        (options.reuse_port && !options.claim_port && !set_flag(socket.get(), SOL_SOCKET, SO_REUSEPORT)) ||
        (options.no_delay && !set_flag(socket.get(), IPPROTO_TCP, TCP_NODELAY)) ||
        (ipv6 && !set_flag(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY))) {
      return last_error();
    }
  }
  if (!bind_to(socket.get(), address)) {
    if (errno != EADDRINUSE) return last_error();
    if (!removed_stale_file(address)) return Error::from_errno(EADDRINUSE);
    if (!bind_to(socket.get(), address)) return last_error();
  }
  if (internet(address) && options.reuse_port && options.claim_port) {
    // Set after it was bound, this lets others in that could not have been there before.
    if (!set_flag(socket.get(), SOL_SOCKET, SO_REUSEPORT)) return last_error();
  }
  if (::listen(socket.get(), options.backlog) != 0) return last_error();
  return socket.release();
}

Result<int> open_socket(const SocketAddress& address) {
  Holder socket{open_raw(address)};
  if (socket.get() < 0) return last_error();
  if (internet(address) && !set_flag(socket.get(), IPPROTO_TCP, TCP_NODELAY)) return last_error();
  return socket.release();
}

Result<SocketAddress> local_address(int descriptor) { return ask_address(descriptor, ::getsockname); }

Result<SocketAddress> peer_address(int descriptor) { return ask_address(descriptor, ::getpeername); }

void shutdown(int descriptor, ShutdownSide side) noexcept {
  const int how = side == ShutdownSide::receive ? SHUT_RD : side == ShutdownSide::send ? SHUT_WR : SHUT_RDWR;
  // A connection that is gone already cannot be shut down, and that is what was wanted.
  (void)::shutdown(descriptor, how);
}

// Fails where there is nothing to reset, and then closing is all that can be done.
void reset_on_close(int descriptor) noexcept {
  const linger at_once{1, 0};
  (void)::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// Not repeated after EINTR: Linux has given the number away by then.
void close_descriptor(int descriptor) noexcept { (void)::close(descriptor); }

}  // namespace gyre::detail
