// Encrypted streams on all loops: handshakes over the network, and what is read and written after them.

#include "each_loop.hpp"
#include "tls_authority.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/listener.hpp>
#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/connect.hpp>
#include <gyre/net/tls/session.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;
using tls_test::Authority;
using tls_test::Issued;
using tls_test::KeyKind;

namespace {

/// Certificates that are good in the year of a simulation and in ours.
tls_test::Wanted lasting(std::vector<std::string> names, KeyKind key = KeyKind::p256) {
  tls_test::Wanted wanted;
  wanted.subject = "leaf";
  wanted.names = std::move(names);
  wanted.key = key;
  wanted.starts = std::chrono::hours{24 * 365 * 50};
  wanted.ends = std::chrono::hours{24 * 365 * 130};
  return wanted;
}

tls_test::Wanted lasting_root() {
  tls_test::Wanted wanted = lasting({});
  wanted.subject = "root";
  return wanted;
}

const Authority& authority() {
  static const Authority root{lasting_root()};
  return root;
}

TlsClientOptions trusting() {
  TlsClientOptions options;
  options.trust = authority().pem();
  return options;
}

TlsServerOptions serving(KeyKind key = KeyKind::p256) {
  TlsServerOptions options;
  options.certificate = authority().issue(lasting({"example.org"}, key)).parsed();
  return options;
}

TlsServer server_of(const TlsServerOptions& options) { return TlsServer::make(options).value(); }
TlsClient client_of(const TlsClientOptions& options) { return TlsClient::make(options).value(); }

/// Both ends of a connection.
struct Pair {
  Stream client;
  Stream server;
};

Task<Pair> connected(Loop& loop) {
  Listener listener{loop};
  listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
  auto connecting = Stream::connect(listener.endpoint());
  Result<Stream> client = co_await std::move(connecting);
  Result<Stream> server = co_await listener.accept();
  co_await listener.close();
  Pair pair{std::move(client).value(), std::move(server).value()};
  co_return std::move(pair);
}

/// How a side came out of its handshake.
struct Outcome {
  Stream stream;
  TlsFailure failure;
  std::optional<Error> broken;
  Event over;
};

Task<> shake(Task<Stream> shaking, Outcome* outcome) {
  try {
    outcome->stream = co_await std::move(shaking);
  } catch (const TlsFailure& failure) {
    outcome->failure = failure;
  } catch (const Failure& failure) {
    outcome->broken = failure.error();
  }
  outcome->over.set();
}

struct Ends {
  Outcome client;
  Outcome server;
};

Task<> shake_both(Loop& loop, Ends* ends, TlsAcceptor acceptor, TlsClient client, TlsPeerCheck check = {},
                  std::string host = "example.org") {
  Pair pair = co_await connected(loop);
  Context& context = co_await this_context();
  Scope scope{context};
  scope.spawn(shake(acceptor.accept(std::move(pair.server)), &ends->server));
  scope.spawn(shake(tls_connect(std::move(pair.client), client, host, check), &ends->client));
  co_await scope.join();
}

Task<std::string> read_all(Stream& stream) {
  std::string text;
  std::byte buffer[1000];
  for (;;) {
    const Result<std::size_t> size = co_await stream.read(buffer);
    if (!size) co_return text + " " + std::string{name(size.error().code())};
    if (*size == 0) co_return text;
    text += as_text(Bytes{buffer, *size});
  }
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t at = 0; at < size; ++at) text[at] = static_cast<char>('a' + at * 7 % 26);
  return text;
}

}  // namespace

TEST_CASE("what one end of an encrypted stream writes the other reads", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Ends ends;
      TlsServerOptions options = serving();
      options.alpn = {"http/1.1"};
      TlsClientOptions wishes = trusting();
      wishes.alpn = {"h2", "http/1.1"};
      co_await shake_both(on, &ends, TlsAcceptor{server_of(options)}, client_of(wishes));
      REQUIRE(ends.client.stream.session() != nullptr);
      REQUIRE(ends.server.stream.session() != nullptr);
      const TlsInfo info = ends.server.stream.session()->info();
      CHECK(info.version == TlsVersion::tls_1_3);
      CHECK(info.alpn == "http/1.1");
      CHECK(info.server_name == "example.org");
      CHECK(ends.client.stream.session()->info().peer->names == std::vector<std::string>{"example.org"});

      const std::string text = pattern(300'000);
      const auto say = [](Stream* stream, const std::string* bytes) -> Task<> {
        const Result<void> written = co_await stream->write(as_bytes(*bytes));
        CHECK(written);
        const Result<void> finished = co_await stream->finish();
        CHECK(finished);
      };
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(say(&ends.client.stream, &text));
      scope.spawn(say(&ends.server.stream, &text));
      const std::string at_server = co_await read_all(ends.server.stream);
      const std::string at_client = co_await read_all(ends.client.stream);
      CHECK((at_server == text));
      CHECK((at_client == text));
      co_await scope.join();
    }(loop));
  });
}

TEST_CASE("an end that nobody has announced is no end", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Ends ends;
      co_await shake_both(on, &ends, TlsAcceptor{server_of(serving())}, client_of(trusting()));
      const Result<void> written = co_await ends.client.stream.write(as_bytes("half of it"));
      CHECK(written);
      ends.client.stream.shutdown(ShutdownSide::send);
      const std::string heard = co_await read_all(ends.server.stream);
      CHECK(heard == "half of it closed");
    }(loop));
  });
}

TEST_CASE("a key that signs slowly signs elsewhere", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Ends ends;
      co_await shake_both(on, &ends, TlsAcceptor{server_of(serving(KeyKind::rsa_2048))}, client_of(trusting()));
      CHECK(ends.client.stream.session() != nullptr);
      if (on.backend() != Backend::sim) CHECK(on.offload_pool().threads() == 1);
    }(loop));
  });
}

TEST_CASE("a certificate may take its time, and names the reason if there is none", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      const Certificate certificate = authority().issue(lasting({"example.org"})).parsed();
      const CertificateSource source{[certificate](ServerName name) -> Task<Certificate> {
        co_await sleep_for(3ms);
        if (name.text() == "broken.example") throw std::runtime_error{"no luck"};
        if (name.text() != "example.org") co_return Certificate{};
        co_return certificate;
      }};
      const TlsAcceptor acceptor{server_of({}), source};
      Ends good;
      co_await shake_both(on, &good, acceptor, client_of(trusting()));
      CHECK(good.client.stream.session() != nullptr);
      Ends unknown;
      co_await shake_both(on, &unknown, acceptor, client_of(trusting()), {}, "other.example");
      CHECK(unknown.server.failure.fault() == TlsFault::unknown_name);
      CHECK(unknown.client.failure.alert_received() == TlsAlert::unrecognized_name);
      Ends broken;
      co_await shake_both(on, &broken, acceptor, client_of(trusting()), {}, "broken.example");
      CHECK(broken.server.failure.fault() == TlsFault::refused);
      CHECK(broken.client.failure.alert_received() == TlsAlert::internal_error);
    }(loop));
  });
}

TEST_CASE("a client tells a server whose certificate is for somebody else", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Ends ends;
      co_await shake_both(on, &ends, TlsAcceptor{server_of(serving())}, client_of(trusting()), {}, "other.example");
      CHECK(ends.client.failure.fault() == TlsFault::wrong_host);
      CHECK(ends.server.failure.fault() == TlsFault::peer_alert);
      CHECK(ends.server.failure.alert_received() == TlsAlert::bad_certificate);
    }(loop));
  });
}

TEST_CASE("the application has the last word on a peer", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      for (const bool welcome : {true, false}) {
        CAPTURE(welcome);
        std::string seen;
        const TlsPeerCheck check{[welcome, &seen](TlsPeer peer) -> Task<bool> {
          co_await sleep_for(2ms);
          seen = peer.names.at(0);
          co_return welcome;
        }};
        TlsServerOptions options = serving();
        options.client_certificates = TlsClientCertificates::mandatory;
        options.client_trust = authority().pem();
        options.client_verdict = TlsVerdict::by_application;
        TlsAcceptor acceptor{server_of(options)};
        acceptor.set_client_check(check);
        TlsClientOptions known = trusting();
        known.certificate = authority().issue(lasting({"client.example"})).parsed();
        Ends ends;
        co_await shake_both(on, &ends, acceptor, client_of(known));
        CHECK(seen == "client.example");
        CHECK((ends.server.stream.session() != nullptr) == welcome);
        if (!welcome) CHECK(ends.server.failure.fault() == TlsFault::peer_refused);

        TlsClientOptions asking = trusting();
        asking.server_verdict = TlsVerdict::by_application;
        Ends asked;
        co_await shake_both(on, &asked, TlsAcceptor{server_of(serving())}, client_of(asking), check);
        CHECK(seen == "example.org");
        CHECK((asked.client.stream.session() != nullptr) == welcome);
        if (!welcome) CHECK(asked.client.failure.fault() == TlsFault::peer_refused);
      }
      // Nobody to ask is a no.
      TlsClientOptions asking = trusting();
      asking.server_verdict = TlsVerdict::by_application;
      Ends asked;
      co_await shake_both(on, &asked, TlsAcceptor{server_of(serving())}, client_of(asking));
      CHECK(asked.client.failure.fault() == TlsFault::peer_refused);
    }(loop));
  });
}

TEST_CASE("a handshake that does not go on can be given up", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Pair pair = co_await connected(on);
      auto shaking = TlsAcceptor{server_of(serving())}.accept(std::move(pair.server));
      const Result<Stream> stream = co_await within(5ms, std::move(shaking));
      REQUIRE_FALSE(stream);
      CHECK(stream.error() == Errc::timed_out);
      const std::string heard = co_await read_all(pair.client);
      CHECK(heard.empty());
    }(loop));
  });
}

TEST_CASE("bytes that were read before the handshake belong to it", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Pair pair = co_await connected(on);
      Context& context = co_await this_context();
      Scope scope{context};
      Ends ends;
      scope.spawn(shake(tls_connect(std::move(pair.client), client_of(trusting()), "example.org"), &ends.client));
      std::byte early[11];
      const Result<std::size_t> size = co_await pair.server.read(early);
      REQUIRE(size);
      std::string text{as_text(Bytes{early, *size})};
      scope.spawn(
          shake(TlsAcceptor{server_of(serving())}.accept(std::move(pair.server), std::move(text)), &ends.server));
      co_await scope.join();
      CHECK(ends.server.stream.session() != nullptr);
      CHECK(ends.client.stream.session() != nullptr);
    }(loop));
  });
}

TEST_CASE("what speaks no TLS is told nothing", "[net][tls]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Pair pair = co_await connected(on);
      Context& context = co_await this_context();
      Scope scope{context};
      Ends ends;
      scope.spawn(shake(TlsAcceptor{server_of(serving())}.accept(std::move(pair.server)), &ends.server));
      const Result<void> sent = co_await pair.client.write(as_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
      CHECK(sent);
      pair.client.shutdown(ShutdownSide::send);
      const std::string heard = co_await read_all(pair.client);
      CHECK(heard.empty());
      co_await scope.join();
      CHECK(ends.server.failure.fault() == TlsFault::not_tls);
    }(loop));
  });
}
