#pragma once

#include <gyre/compat/httplib/server.hpp>
#include <gyre/compat/internal/httplib_pattern.hpp>
#include <gyre/compat/internal/httplib_threads.hpp>

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::compat::httplib::internal {

/// A pattern and what answers it.
template <class Function>
struct Route {
  PathPattern pattern;
  Function handler;
};

/// The routes of one method, in the order in which they are tried.
struct MethodRoutes {
  std::vector<Route<Server::Handler>> plain;
  std::vector<Route<Server::HandlerWithContentReader>> reading;
};

/// Files below a directory.
struct MountPoint {
  std::string mount_point;
  std::string directory;
  Headers headers;
};

/// All that a server was told. Does not change while requests are served.
struct ServerCore {
  MethodRoutes get, post, put, patch, delete_, options;

  std::vector<MountPoint> mounts;
  std::map<std::string, std::string> file_types;
  Server::Handler file_request_handler;

  Server::HandlerWithResponse error_handler;
  Server::ExceptionHandler exception_handler;
  Server::HandlerWithResponse pre_routing_handler;
  Server::Handler post_routing_handler;
  Server::Expect100ContinueHandler expect_handler;
  Logger logger;
  Headers default_headers;

  Settings settings;  ///< What there is no setter for.
  std::chrono::seconds keep_alive{};
  std::size_t keep_alive_count = 0;
  std::chrono::microseconds read_timeout{};
  std::chrono::microseconds write_timeout{};
  std::size_t payload_max = 0;

  int address_family = AF_UNSPEC;
  SocketOptions socket_options = default_socket_options;
  unsigned loops = 1;
  std::optional<TlsOptions> tls;

  HandlerThreads threads;
  int socket = -1;  ///< Bound, not yet served.
  std::atomic<bool> running = false;
  std::atomic<bool> stopping = false;  ///< Content providers are not called again.

  /// nullptr for a method that has no routes.
  const MethodRoutes* routes_for(std::string_view method) const noexcept {
    if (method == "GET" || method == "HEAD") return &get;
    if (method == "POST") return &post;
    if (method == "PUT") return &put;
    if (method == "PATCH") return &patch;
    if (method == "DELETE") return &delete_;
    return method == "OPTIONS" ? &options : nullptr;
  }
};

/// Has the server of cpp-httplib an opinion on the body of such a request?
inline bool expects_content(std::string_view method) noexcept {
  return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE" || method == "PRI";
}

}  // namespace gyre::compat::httplib::internal
