#pragma once

#include "client_stream.hpp"

#include <gyre/http/server.hpp>
#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/connect.hpp>
#include <gyre/net/tls/internal/self_signed.hpp>

#include <cstdlib>
#include <optional>

/// The same tests over TLS: with GYRE_TEST_TLS in the environment the sites of the tests accept TLS, and their clients
/// speak it. With GYRE_TEST_HTTP2, alone or beside it, the clients speak HTTP/2 (`ClientStream`).
namespace gyre::test {

inline bool over_tls() { return std::getenv("GYRE_TEST_TLS") != nullptr; }

/// What both sides need. Made once: the keys cost more than most tests.
struct SecureEnds {
  SecureEnds() {
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
    if (over_h2()) trusting.alpn = {"h2"};
    client = TlsClient::make(trusting).value();
  }

  static const SecureEnds& get() {
    static const SecureEnds ends;
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
