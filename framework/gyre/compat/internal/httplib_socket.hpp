#pragma once

#include <gyre/compat/httplib/server.hpp>

#include <string>

namespace gyre::compat::httplib::internal {

struct Bound {
  int descriptor = -1;  ///< -1: it could not be bound.
  int port = -1;        ///< -1 for a Unix socket too.
};

/// A listening socket, made as cpp-httplib makes it: from a host's name or address, or a Unix socket's path.
Bound bind_socket(const std::string& host, int port, int family, int flags, const SocketOptions& options);
void close_socket(int descriptor) noexcept;

}  // namespace gyre::compat::httplib::internal
