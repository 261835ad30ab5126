#include <gyre/net/endpoint.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace gyre {
namespace {

template <class Native>
Endpoint make(const Native& native, std::size_t size) {
  static_assert(sizeof(Native) <= SocketAddress::capacity);
  SocketAddress address;
  std::memcpy(address.bytes, &native, size);
  address.size = static_cast<unsigned>(size);
  return Endpoint{address};
}

template <class Native>
Native read(const SocketAddress& address) noexcept {
  Native native{};
  std::memcpy(&native, address.bytes, address.size < sizeof native ? address.size : sizeof native);
  return native;
}

sa_family_t family(const SocketAddress& address) noexcept {
  return address.size < sizeof(sa_family_t) ? sa_family_t{AF_UNSPEC} : read<sockaddr>(address).sa_family;
}

}  // namespace

Result<Endpoint> Endpoint::ip(std::string_view address, std::uint16_t port) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.empty() || address.size() >= sizeof text) return Errc::address_invalid;
  std::memcpy(text, address.data(), address.size());
  in_addr v4{};
  if (::inet_pton(AF_INET, text, &v4) == 1) return ip(std::as_bytes(std::span{&v4, 1}), port);
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text, &v6) == 1) return ip(std::as_bytes(std::span{&v6, 1}), port);
  return Errc::address_invalid;
}

Result<Endpoint> Endpoint::ip(Bytes address, std::uint16_t port) {
  if (address.size() == sizeof(in_addr)) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.data(), address.size());
    return make(v4, sizeof v4);
  }
  if (address.size() == sizeof(in6_addr)) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.data(), address.size());
    return make(v6, sizeof v6);
  }
  return Errc::address_invalid;
}

Result<Endpoint> Endpoint::unix_path(std::string_view path) {
  sockaddr_un native{};
  if (path.empty() || path.size() >= sizeof native.sun_path) return Errc::address_invalid;
  native.sun_family = AF_UNIX;
  std::memcpy(native.sun_path, path.data(), path.size());
  const bool abstract = path.front() == '@';
  if (abstract) native.sun_path[0] = '\0';
  return make(native, offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
}

Endpoint Endpoint::unix_unnamed() {
  sockaddr_un native{};
  native.sun_family = AF_UNIX;
  return make(native, offsetof(sockaddr_un, sun_path));
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
  constexpr std::string_view unix_prefix = "unix:";
  if (text.starts_with(unix_prefix)) return unix_path(text.substr(unix_prefix.size()));
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Errc::address_invalid;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return Errc::address_invalid;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return Errc::address_invalid;  // a bare IPv6 address: where would the port begin?
  }
  return ip(host, port);
}

bool Endpoint::is_unix() const noexcept { return family(address_) == AF_UNIX; }

std::uint16_t Endpoint::port() const noexcept {
  switch (family(address_)) {
    case AF_INET: return ntohs(read<sockaddr_in>(address_).sin_port);
    case AF_INET6: return ntohs(read<sockaddr_in6>(address_).sin6_port);
    default: return 0;
  }
}

Bytes Endpoint::ip_bytes() const noexcept {
  const auto part = [this](std::size_t offset, std::size_t size) {
    return offset + size <= address_.size ? std::as_bytes(std::span{address_.bytes}).subspan(offset, size) : Bytes{};
  };
  switch (family(address_)) {
    case AF_INET: return part(offsetof(sockaddr_in, sin_addr), sizeof(in_addr));
    case AF_INET6: return part(offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr));
    default: return {};
  }
}

std::string Endpoint::host() const {
  char text[INET6_ADDRSTRLEN] = {};
  switch (family(address_)) {
    case AF_INET: {
      const auto v4 = read<sockaddr_in>(address_);
      return ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    }
    case AF_INET6: {
      const auto v6 = read<sockaddr_in6>(address_);
      return ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
    case AF_UNIX: {
      const auto native = read<sockaddr_un>(address_);
      const std::size_t size = address_.size - offsetof(sockaddr_un, sun_path);
      if (size == 0 || address_.size < offsetof(sockaddr_un, sun_path)) return {};  // an unnamed client socket
      if (native.sun_path[0] != '\0') return std::string{native.sun_path, ::strnlen(native.sun_path, size)};
      return "@" + std::string{native.sun_path + 1, size - 1};
    }
    default: return {};
  }
}

std::string Endpoint::text() const {
  if (is_unix()) return "unix:" + host();
  const bool v6 = family(address_) == AF_INET6;
  return (v6 ? "[" + host() + "]" : host()) + ":" + std::to_string(port());
}

}  // namespace gyre
