#include <gyre/loop/sim/internal/address.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace gyre::detail::sim_address {
namespace {

template <class Kind>
Kind read(const SocketAddress& address) noexcept {
  Kind value{};
  std::memcpy(&value, address.bytes, std::min<std::size_t>(sizeof value, address.size));
  return value;
}

template <class Kind>
void write(SocketAddress& address, const Kind& value, std::size_t size = sizeof(Kind)) noexcept {
  address = {};
  std::memcpy(address.bytes, &value, size);
  address.size = static_cast<unsigned>(size);
}

sa_family_t family(const SocketAddress& address) noexcept {
  sa_family_t value = AF_UNSPEC;
  if (address.size >= sizeof value) std::memcpy(&value, address.bytes, sizeof value);
  return value;
}

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);

}  // namespace

int normalise(SocketAddress& address) noexcept {
  if (address.size > SocketAddress::capacity) return -EINVAL;
  switch (family(address)) {
    case AF_INET: {
      if (address.size < sizeof(sockaddr_in)) return -EINVAL;
      const auto given = read<sockaddr_in>(address);
      sockaddr_in kept{};
      kept.sin_family = AF_INET;
      kept.sin_port = given.sin_port;
      kept.sin_addr = given.sin_addr;
      write(address, kept);
      return 0;
    }
    case AF_INET6: {
      if (address.size < sizeof(sockaddr_in6)) return -EINVAL;
      auto kept = read<sockaddr_in6>(address);
      kept.sin6_flowinfo = 0;
      write(address, kept);
      return 0;
    }
    case AF_UNIX: {
      if (address.size <= path_offset || address.size > sizeof(sockaddr_un)) return -EINVAL;
      const auto kept = read<sockaddr_un>(address);
      const std::size_t room = address.size - path_offset;
      const bool abstract = kept.sun_path[0] == '\0';
      const std::size_t length = abstract ? room : std::min(room, ::strnlen(kept.sun_path, room) + 1);
      write(address, kept, path_offset + length);
      return 0;
    }
    default: return -EAFNOSUPPORT;
  }
}

bool is_unix(const SocketAddress& address) noexcept { return family(address) == AF_UNIX; }

bool is_any(const SocketAddress& address) noexcept {
  if (family(address) == AF_INET) return read<sockaddr_in>(address).sin_addr.s_addr == htonl(INADDR_ANY);
  if (family(address) != AF_INET6) return false;
  const auto ipv6 = read<sockaddr_in6>(address);
  return IN6_IS_ADDR_UNSPECIFIED(&ipv6.sin6_addr);
}

unsigned port(const SocketAddress& address) noexcept {
  if (family(address) == AF_INET) return ntohs(read<sockaddr_in>(address).sin_port);
  if (family(address) == AF_INET6) return ntohs(read<sockaddr_in6>(address).sin6_port);
  return 0;
}

void set_port(SocketAddress& address, unsigned port) noexcept {
  const in_port_t number = htons(static_cast<in_port_t>(port));
  if (family(address) == AF_INET) {
    auto ipv4 = read<sockaddr_in>(address);
    ipv4.sin_port = number;
    write(address, ipv4);
  } else if (family(address) == AF_INET6) {
    auto ipv6 = read<sockaddr_in6>(address);
    ipv6.sin6_port = number;
    write(address, ipv6);
  }
}

void make_reachable(SocketAddress& address) noexcept {
  if (!is_any(address)) return;
  if (family(address) == AF_INET) {
    auto ipv4 = read<sockaddr_in>(address);
    ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    write(address, ipv4);
  } else {
    auto ipv6 = read<sockaddr_in6>(address);
    ipv6.sin6_addr = in6addr_loopback;
    write(address, ipv6);
  }
}

SocketAddress unnamed_like(const SocketAddress& address) noexcept {
  SocketAddress unnamed;
  if (family(address) == AF_INET) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    write(unnamed, ipv4);
  } else if (family(address) == AF_INET6) {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    write(unnamed, ipv6);
  } else {
    const sa_family_t value = AF_UNIX;
    write(unnamed, value);
  }
  return unnamed;
}

bool overlap(const SocketAddress& left, const SocketAddress& right) noexcept {
  if (left == right) return true;
  if (family(left) != family(right) || is_unix(left)) return false;
  return port(left) == port(right) && (is_any(left) || is_any(right));
}

}  // namespace gyre::detail::sim_address
