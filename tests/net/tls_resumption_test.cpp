#include "tls_pair.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace gyre;
using namespace tls_test;

namespace {

constexpr Duration period = std::chrono::hours(12);

/// Whether a connection goes on where an earlier one of that client was.
bool resumes(const TlsClient& client, const TlsServer& server, std::string_view host = "example.org") {
  Pair pair{client, server, host, Splitting::random(5)};
  pair.server.on_certificate = [](TlsSession& session) { session.use(leaf().parsed()); };
  if (!pair.run()) return false;
  pair.client.write("a");
  pair.server.write("b");
  pair.run();
  CHECK(pair.server.received == "a");
  CHECK(pair.client.received == "b");
  pair.client.close();
  pair.server.close();
  pair.run();
  const bool resumed = pair.server.session->info().resumed;
  CHECK(pair.client.session->info().resumed == resumed);
  CHECK(pair.client.session->info().peer != nullptr);
  return resumed;
}

std::vector<TlsClientOptions> both_versions() {
  TlsClientOptions older = client_options();
  older.version_max = TlsVersion::tls_1_2;
  return {client_options(), older};
}

}  // namespace

TEST_CASE("a client comes back with a ticket", "[tls]") {
  for (const TlsClientOptions& options : both_versions()) {
    const TlsServer server = make_server();
    const TlsClient client = make_client(options);
    CHECK_FALSE(resumes(client, server));
    for (int i = 0; i < 5; ++i) CHECK(resumes(client, server));
    CHECK_FALSE(resumes(make_client(options), server));
    CHECK_FALSE(resumes(client, make_server()));
  }
}

TEST_CASE("a ticket of one thread is good on another", "[tls]") {
  const TlsServer server = make_server();
  const TlsClient client = make_client();
  leaf();
  bool first = true;
  bool second = false;
  std::thread{[&] { first = resumes(client, server); }}.join();
  std::thread{[&] { second = resumes(client, server); }}.join();
  CHECK_FALSE(first);
  CHECK(second);
}

TEST_CASE("connections and a rotation at once", "[tls]") {
  const TlsServer server = make_server();
  server.rotate(now);
  leaf();
  std::vector<std::thread> threads;
  std::vector<int> good(3);
  for (std::size_t i = 0; i < good.size(); ++i) {
    threads.emplace_back([&, i] {
      const TlsClient client = make_client();
      for (int n = 0; n < 10; ++n) {
        Pair pair{client, server};
        if (pair.run()) ++good[i];
        server.rotate(now + n * period);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == std::vector<int>{10, 10, 10});
}

TEST_CASE("keys of tickets rotate by the time that is handed in", "[tls]") {
  const TlsServer server = make_server();
  CHECK_FALSE(server.rotate(now));
  CHECK_FALSE(server.rotate(now + period - Duration{1}));
  CHECK(server.rotate(now + period));
  CHECK_FALSE(server.rotate(now + period));
  CHECK_FALSE(server.rotate(now));  // a clock that goes back
  CHECK(server.rotate(now + 5 * period));
}

TEST_CASE("the two older keys still open tickets, and renew them", "[tls]") {
  for (const TlsClientOptions& options : both_versions()) {
    const TlsServer server = make_server();
    const TlsClient client = make_client(options);
    server.rotate(now);
    CHECK_FALSE(resumes(client, server));
    server.rotate(now + period);
    server.rotate(now + 2 * period);
    CHECK(resumes(client, server));  // by the oldest
    server.rotate(now + 3 * period);
    server.rotate(now + 4 * period);
    CHECK(resumes(client, server));  // it was renewed
    for (int i = 5; i < 8; ++i) server.rotate(now + i * period);
    CHECK_FALSE(resumes(client, server));
  }
}

TEST_CASE("a key is not kept longer because nobody rotates", "[tls]") {
  const TlsServer server = make_server();
  const TlsClient client = make_client();
  const TlsClient other = make_client();
  server.rotate(now);
  CHECK_FALSE(resumes(client, server));
  CHECK(server.rotate(now + period));
  CHECK_FALSE(resumes(other, server));
  CHECK(server.rotate(now + 4 * period));  // the first one was over two periods ago
  CHECK(resumes(other, server));
  CHECK_FALSE(resumes(client, server));
}

TEST_CASE("no tickets, no way back", "[tls]") {
  TlsServerOptions off = server_options();
  off.tickets = TlsTickets::off;
  for (TlsClientOptions options : both_versions()) {
    const TlsClient client = make_client(options);
    const TlsServer without = make_server(off);
    for (int i = 0; i < 2; ++i) CHECK_FALSE(resumes(client, without));
    options.tickets = TlsTickets::off;
    const TlsClient forgets = make_client(options);
    const TlsServer with = make_server();
    for (int i = 0; i < 2; ++i) CHECK_FALSE(resumes(forgets, with));
  }
}

TEST_CASE("a ticket is kept for each host", "[tls]") {
  const TlsServer server = make_server();
  const TlsClient client = make_client();
  CHECK_FALSE(resumes(client, server, "example.org"));
  CHECK_FALSE(resumes(client, server, "www.example.org"));
  CHECK(resumes(client, server, "example.org"));
  CHECK(resumes(client, server, "www.example.org"));
  for (std::size_t i = 0; i < TlsClient::tickets_max; ++i)
    resumes(client, server, "h" + std::to_string(i) + ".example.org");
  CHECK_FALSE(resumes(client, server, "example.org"));
  CHECK(resumes(client, server, "h7.example.org"));
}

TEST_CASE("who comes back needs no certificate", "[tls]") {
  const TlsServer server = make_server(TlsServerOptions{});
  const TlsClient client = make_client();
  int asked = 0;
  for (int i = 0; i < 3; ++i) {
    Pair pair{client, server};
    pair.server.on_certificate = [&](TlsSession& session) {
      ++asked;
      session.use(leaf().parsed());
    };
    CHECK(pair.run());
  }
  CHECK(asked == 1);
}

TEST_CASE("a client's certificate comes back with its ticket, until it is over", "[tls]") {
  TlsServerOptions options = server_options();
  options.client_certificates = TlsClientCertificates::mandatory;
  options.client_trust = root().pem();
  const TlsServer server = make_server(options);
  for (TlsClientOptions known : both_versions()) {
    known.certificate = root().issue({.subject = "client 7", .ends = now + std::chrono::hours(1)}).parsed();
    const TlsClient client = make_client(known);
    for (const bool resumed : {false, true}) {
      Pair pair{client, server};
      CHECK(pair.run());
      CHECK(pair.server.session->info().resumed == resumed);
      REQUIRE(pair.server.session->info().peer);
      CHECK(pair.server.session->info().peer->subject == "CN=client 7");
    }
    Pair later{client, server};
    later.server.session->set_wall_time(now + std::chrono::hours(2));
    later.run();
    CHECK(later.server.fault() == TlsFault::expired);
  }
}

TEST_CASE("a client that was refused does not come in with a ticket", "[tls]") {
  TlsServerOptions options = server_options();
  options.client_certificates = TlsClientCertificates::mandatory;
  options.client_trust = root().pem();
  options.client_verdict = TlsVerdict::by_application;
  const TlsServer server = make_server(options);
  for (TlsClientOptions known : both_versions()) {
    known.certificate = root().issue({.subject = "client 7"}).parsed();
    const TlsClient client = make_client(known);
    int asked = 0;
    for (const bool welcome : {true, false, false, true}) {  // tickets leave before the verdict
      Pair pair{client, server};
      pair.server.on_verdict = [&](TlsSession& session) {
        ++asked;
        welcome ? session.accept_peer() : session.refuse(TlsAlert::access_denied);
      };
      CHECK(pair.run() == welcome);
      CHECK(pair.server.fault() == (welcome ? TlsFault::none : TlsFault::peer_refused));
      CHECK(pair.server.session->info().resumed == (asked > 1));
      CHECK(pair.server.session->info().peer->subject == "CN=client 7");
    }
    CHECK(asked == 4);
  }
}

TEST_CASE("a host with a NUL is none", "[tls]") {
  using namespace std::string_view_literals;
  for (const std::string_view host : {"[::1\0]"sv, "::1\0.example.org"sv, "example.org\0"sv}) {
    CHECK(TlsSession::connect(make_client(), host)->failure().fault() == TlsFault::wrong_host);
  }
}
