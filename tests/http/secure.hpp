#pragma once

#include <gyre/http/server.hpp>
#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/connect.hpp>
#include <gyre/net/tls/internal/self_signed.hpp>

#include <cstdlib>
#include <optional>

/// The same tests over TLS: with GYRE_TEST_TLS in the environment the sites of the tests accept TLS, and their clients
/// speak it.
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
    acceptor.emplace(TlsServer::make(server).value());
    TlsClientOptions trusting;
    trusting.trust = made.chain;
    client = TlsClient::make(trusting).value();
  }

  static const SecureEnds& get() {
    static const SecureEnds ends;
    return ends;
  }

  std::optional<TlsAcceptor> acceptor;
  TlsClient client;
};

/// A client's connection, over TLS if the tests are.
inline Task<Stream> connect_to(Endpoint endpoint) {
  Result<Stream> connected = co_await Stream::connect(endpoint);
  Stream stream = std::move(connected).value();
  if (!over_tls()) co_return std::move(stream);
  auto shaking = tls_connect(std::move(stream), SecureEnds::get().client, "127.0.0.1");
  Stream encrypted = co_await std::move(shaking);
  co_return std::move(encrypted);
}

inline Task<> serve(Server& server, Listener& listener) {
  return over_tls() ? server.serve(listener, *SecureEnds::get().acceptor) : server.serve(listener);
}

}  // namespace gyre::test
