#pragma once

#include "client_stream.hpp"

#include <gyre/http/server.hpp>
#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/connect.hpp>
#include <gyre/net/tls/internal/self_signed.hpp>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The same tests over TLS: with GYRE_TEST_TLS in the environment the sites of the tests accept TLS, and their clients
/// speak it. With GYRE_TEST_HTTP2, alone or beside it, the clients speak HTTP/2 (`ClientStream`).
namespace gyre::test {

inline bool over_tls() { return std::getenv("GYRE_TEST_TLS") != nullptr; }

/// What both sides need. Made once for each choice of clients: the keys cost more than most tests.
struct SecureEnds {
  /// `offered` by the clients (ALPN); empty for nothing.
  explicit SecureEnds(std::vector<std::string> offered) {
    const gyre::detail::SelfSigned made = gyre::detail::make_self_signed({
        .common_name = "localhost",
        .names = "DNS:localhost,IP:127.0.0.1",
        .not_before = std::chrono::hours{24 * 365 * 50},  // simulated clocks begin in 2026
        .not_after = std::chrono::hours{24 * 365 * 130},
    });
    TlsServerOptions server;
    server.certificate = Certificate::parse(made.chain, made.key).value();
    server.alpn = {"h2", "http/1.1"};
    acceptor.emplace(TlsServer::make(server).value());
    TlsClientOptions trusting;
    trusting.trust = made.chain;
    trusting.alpn = std::move(offered);
    client = TlsClient::make(trusting).value();
  }

  /// Those of the tests that may run over HTTP/2.
  static const SecureEnds& get() {
    if (over_h2()) return of_h2();
    static const SecureEnds ends{std::vector<std::string>{}};
    return ends;
  }
  /// Whose clients speak HTTP/2.
  static const SecureEnds& of_h2() {
    static const SecureEnds ends{std::vector<std::string>{"h2"}};
    return ends;
  }

  std::optional<TlsAcceptor> acceptor;
  TlsClient client;
};

/// A client's connection without TLS.
inline Task<ClientStream> connect_in_the_clear(Endpoint endpoint) {
  Result<Stream> connected = co_await Stream::connect(endpoint);
  ClientStream stream{std::move(connected).value()};
  if (over_h2()) co_await stream.begin_h2("http");
  co_return std::move(stream);
}

/// A client's connection, over TLS if the tests are.
inline Task<ClientStream> connect_to(Endpoint endpoint) {
  if (!over_tls()) co_return co_await connect_in_the_clear(endpoint);
  Result<Stream> connected = co_await Stream::connect(endpoint);
  auto shaking = tls_connect(std::move(connected).value(), SecureEnds::get().client, "127.0.0.1");
  Stream encrypted = co_await std::move(shaking);
  ClientStream stream{std::move(encrypted)};
  if (over_h2()) co_await stream.begin_h2("https");
  co_return std::move(stream);
}

inline Task<> serve(Server& server, Listener& listener) {
  return over_tls() ? server.serve(listener, *SecureEnds::get().acceptor) : server.serve(listener);
}

}  // namespace gyre::test
