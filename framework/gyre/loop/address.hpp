#pragma once

#include <cstddef>
#include <cstring>

namespace gyre {

/// A socket address as the kernel sees it: opaque bytes. `Endpoint` (net) makes it from text and turns it into text.
struct SocketAddress {
  static constexpr std::size_t capacity = 112;  // sockaddr_un is 110

  alignas(8) unsigned char bytes[capacity] = {};
  unsigned size = 0;

  friend bool operator==(const SocketAddress& left, const SocketAddress& right) noexcept {
    return left.size == right.size && std::memcmp(left.bytes, right.bytes, left.size) == 0;
  }
};

}  // namespace gyre
