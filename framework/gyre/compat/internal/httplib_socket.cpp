#include <gyre/compat/internal/httplib_socket.hpp>

#include <gyre/compat/httplib/text.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace gyre::compat::httplib {
namespace internal {
namespace {

constexpr int backlog = 4096;

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Addresses resolve(const std::string& host, const char* service, int family, int flags) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.empty() ? nullptr : host.c_str(), service, &hints, &found) != 0) found = nullptr;
  return {found, &::freeaddrinfo};
}

/// Takes `descriptor`.
int listen_at(int descriptor, const sockaddr* address, socklen_t size, const SocketOptions& options) {
  if (descriptor < 0) return -1;
  if (options) options(descriptor);
  if (::bind(descriptor, address, size) == 0 && ::listen(descriptor, backlog) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

int bind_path(const std::string& path, const SocketOptions& options) {
  sockaddr_un address{};
  if (path.empty() || path.size() > sizeof address.sun_path) return -1;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return listen_at(descriptor, reinterpret_cast<const sockaddr*>(&address), size, options);
}

int port_of(int descriptor) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return -1;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return -1;
}

}  // namespace

Bound bind_socket(const std::string& host, int port, int family, int flags, const SocketOptions& options) {
  if (family == AF_UNIX) return {bind_path(host, options), -1};
  const Addresses addresses = resolve(host, std::to_string(port).c_str(), family, flags);
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const int made = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, address->ai_protocol);
    if (made >= 0 && address->ai_family == AF_INET6) {
      const int off = 0;
      (void)::setsockopt(made, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    const int descriptor = listen_at(made, address->ai_addr, address->ai_addrlen, options);
    if (descriptor >= 0) return {descriptor, port_of(descriptor)};
  }
  return {};
}

void close_socket(int descriptor) noexcept {
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace internal

void default_socket_options(socket_t socket) {
  const int on = 1;
  (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
}

std::string hosted_at(const std::string& hostname) {
  std::vector<std::string> addresses;
  hosted_at(hostname, addresses);
  return addresses.empty() ? std::string{} : addresses.front();
}

void hosted_at(const std::string& hostname, std::vector<std::string>& addrs) {
  const internal::Addresses addresses = internal::resolve(hostname, nullptr, AF_UNSPEC, 0);
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    char text[NI_MAXHOST];
    if (::getnameinfo(address->ai_addr, address->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
      addrs.emplace_back(text);
    }
  }
}

}  // namespace gyre::compat::httplib
