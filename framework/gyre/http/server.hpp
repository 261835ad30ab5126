#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/http/server_options.hpp>
#include <gyre/http/service.hpp>
#include <gyre/net/listener.hpp>
#include <gyre/net/tls/acceptor.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace gyre {

/// What a server has done so far.
struct ServerStatistics {
  std::uint64_t connections_accepted = 0;
  /// Now open, or left by their client while a handler is at work that keeps their place (`OnDisconnect::finish`).
  std::uint64_t connections_open = 0;
  std::uint64_t connections_refused = 0;  ///< Accepted only to be told that there are too many (503), or not even that.
  /// Of `ServerOptions::proxies`, and closed: they began with no PROXY header, with a malformed one, or too late.
  std::uint64_t proxy_headers_refused = 0;
  std::uint64_t requests = 0;            ///< Heads that were complete and valid.
  std::uint64_t rejected = 0;            ///< Requests refused before a handler saw them (4xx, 5xx by the connection).
  std::uint64_t responses = 0;           ///< Answers written, the refusals included.
  std::uint64_t answers_dropped = 0;     ///< Answers whose client had left, or had got another: the handler was late.
  std::uint64_t h2_connections = 0;      ///< Connections that spoke HTTP/2.
  std::uint64_t h2_limits_exceeded = 0;  ///< Of them, those that were ended for what `Limits::h2` says.
  std::uint64_t handshakes_failed = 0;   ///< TLS handshakes that did not come to their end, those of the next line too.
  /// Given up for others that waited for a place: their client kept them waiting (`Limits::handshake_stall`).
  std::uint64_t handshakes_shed = 0;
  std::uint64_t handlers_running = 0;   ///< Coroutine handlers at work now, those of the next line included.
  std::uint64_t handlers_orphaned = 0;  ///< At work now for a client that has left (`OnDisconnect`).
  std::uint64_t handlers_shed = 0;      ///< Requests refused for `Limits::handlers` (503).
};

namespace http {
struct ServerState;
}

/// The HTTP server of one loop: speaks HTTP/1.1 on the connections of its listeners and asks a `Service` for the
/// answers. Everything happens on the loop's thread.
class Server {
 public:
  /// `loop` and `service` outlive the server. Throws `Failure` (`invalid_argument`) for a server name that is no field
  /// value.
  Server(Loop& loop, Service& service, ServerOptions options = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// `stop` must have been awaited, if a connection was ever served.
  ~Server();

  /// Serves the connections of `listener` until that is stopped or the task is cancelled.
  Task<> serve(Listener& listener);
  /// The same over TLS. `tls` outlives the server.
  Task<> serve(Listener& listener, const TlsAcceptor& tls);
  /// Serves one connection that is open already, or encrypted.
  void serve(Stream stream);
  /// The same, after a TLS handshake. `tls` outlives the server.
  void serve(Stream stream, const TlsAcceptor& tls);

  /// Ends the service: idle connections are closed at once, requests in progress are answered (with Connection: close)
  /// for at most `grace`, then their scopes are cancelled (`CancelReason::shutdown`) and joined. Stop the listeners
  /// first. Not cancellable itself.
  Task<> stop(Duration grace);

  /// `report` is told whenever a connection is ended for what its client has cost (`Limits::h2`), with the limit's
  /// name: for a log. It must not throw. Requests that a status answers are not told.
  void on_limit(Callback<void(std::string_view)> report);

  ServerStatistics statistics() const noexcept;

 private:
  Task<> serve_all(Listener& listener, const TlsAcceptor* tls);
  void serve(Stream stream, const TlsAcceptor* tls);

  std::unique_ptr<http::ServerState> state_;
};

}  // namespace gyre
