#pragma once

#include <gyre/base/bytes.hpp>
#include <gyre/base/result.hpp>
#include <gyre/loop/address.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gyre {

/// Where a socket listens or connects: an IP address with a port, or a Unix socket's path.
class Endpoint {
 public:
  /// An IPv4 or IPv6 address in text ("127.0.0.1", "::1"; no names, see the resolver) and a port; 0 lets the kernel
  /// choose one. `Errc::address_invalid` if the text is no address.
  static Result<Endpoint> ip(std::string_view address, std::uint16_t port);

  /// The same from the address's bytes in network order: four for IPv4, sixteen for IPv6, else `Errc::address_invalid`.
  static Result<Endpoint> ip(Bytes address, std::uint16_t port);

  /// A Unix socket. A path that begins with '@' is in the abstract namespace. `Errc::address_invalid` if it is empty or
  /// longer than the system allows (107 bytes).
  static Result<Endpoint> unix_path(std::string_view path);

  /// A Unix socket without a path, as those that connect have.
  static Endpoint unix_unnamed();

  /// From text: "127.0.0.1:8080", "[::1]:8080", "unix:/run/app.sock".
  static Result<Endpoint> parse(std::string_view text);

  explicit Endpoint(const SocketAddress& address) noexcept : address_(address) {}

  const SocketAddress& address() const noexcept { return address_; }
  bool is_unix() const noexcept;
  /// The port; 0 for a Unix socket.
  std::uint16_t port() const noexcept;
  /// The bytes of an IP address in network order, four or sixteen; none for a Unix socket. A view into this.
  Bytes ip_bytes() const noexcept;
  /// The address without the port, or the path.
  std::string host() const;
  /// As `parse` reads it.
  std::string text() const;

 private:
  SocketAddress address_;
};

}  // namespace gyre
