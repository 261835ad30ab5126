#pragma once

#include "http_support.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/router.hpp>

#include <optional>
#include <utility>

namespace gyre::test {

/// A server on a free port of a loop whose answers come from the routes of a test.
struct RouteSite {
  RouteSite(Loop& owner, Router& routes, const ServerOptions& options)
      : loop(owner), router(routes), server(owner, routes, options), listener(owner) {}

  Task<ClientStream> connect() const { return connect_to(listener.endpoint()); }
  /// Sends `bytes` on a connection of its own and returns everything that came until the server closed.
  Task<std::string> ask(std::string_view bytes) const {
    ClientStream stream = co_await connect();
    co_await send(stream, bytes);
    std::string answer = co_await read_to_end(stream);
    co_return answer;
  }
  /// Until no connection is open any more.
  Task<> quiet() const {
    while (server.statistics().connections_open != 0) co_await sleep_for(1ms);
  }

  Loop& loop;
  Router& router;
  Server server;
  Listener listener;
};

template <class Body>
Task<> serve_routes_while(Loop& loop, Router& router, ServerOptions options, Body body) {
  RouteSite site{loop, router, options};
  co_await serve_beside(site, body);
}

/// Runs `body(RouteSite&)`, a coroutine, beside a server of `router`, then stops that.
template <class Body>
void with_routes(Loop& loop, Router& router, Body body, ServerOptions options = {}) {
  loop.run(serve_routes_while(loop, router, std::move(options), std::move(body)));
}

/// A request head with what else it has, "POST /x" first.
inline std::string request(std::string_view line, std::string_view fields = {}, std::string_view body = {}) {
  return std::string{line} + " HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n" + std::string{body};
}

/// What follows the first empty line.
inline std::string body_of(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string{} : std::string{answer.substr(end + 4)};
}

/// The data of a chunked body, or nothing if it is not whole.
inline std::optional<std::string> dechunk(std::string_view text) {
  std::string data;
  for (;;) {
    const std::size_t line = text.find("\r\n");
    if (line == std::string_view::npos) return std::nullopt;
    const std::size_t size = std::stoul(std::string{text.substr(0, line)}, nullptr, 16);
    text.remove_prefix(line + 2);
    if (size == 0) return text.find("\r\n") != std::string_view::npos ? std::optional{data} : std::nullopt;
    if (text.size() < size + 2) return std::nullopt;
    data += text.substr(0, size);
    text.remove_prefix(size + 2);
  }
}

}  // namespace gyre::test
