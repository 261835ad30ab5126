// Places for TLS handshakes: who waits for one, and who gives way.

#include "http_support.hpp"

#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/net/tls/session.hpp>
#include <gyre/testing/tls.hpp>

#include <catch2/catch.hpp>

using namespace gyre;
using namespace gyre::test;
using gyre::testing::TlsEnds;

namespace {

std::string client_hello() {
  const Box<TlsSession> session = TlsSession::connect(TlsEnds::get().client(), "localhost");
  (void)session->handshake();
  return std::string{as_text(session->owed())};
}

/// How a client keeps a server waiting.
struct Slowness {
  std::size_t at_once = 0;  ///< Bytes of its ClientHello.
  Duration each{};          ///< A further byte so often; never without.
};

/// Keeps the server waiting until that ends the connection. Returns how long it took.
Task<Duration> dawdle(Endpoint endpoint, Slowness how) {
  Loop& loop = Loop::of(co_await this_context());
  const TimePoint start = loop.now();
  Result<Stream> connected = co_await Stream::connect(endpoint);
  Stream stream = std::move(connected).value();
  const std::string hello = client_hello();
  Result<void> written = co_await stream.write(as_bytes(hello.substr(0, how.at_once)));
  for (std::size_t sent = how.at_once; how.each != Duration{} && written && sent < hello.size(); ++sent) {
    co_await sleep_for(how.each);
    written = co_await stream.write(as_bytes(hello.substr(sent, 1)));
  }
  const std::string rest = co_await read_to_end(stream);
  co_return loop.now() - start;
}

Task<> dawdle_and_tell(Endpoint endpoint, Slowness how, Duration* took) {
  auto dawdling = dawdle(std::move(endpoint), how);
  *took = co_await std::move(dawdling);
}

Task<> flood(Endpoint endpoint, Slowness how, Duration each) {
  std::vector<Duration> took(100);
  const auto come = [&](Scope& scope) -> Task<> {
    for (Duration& its : took) {
      scope.spawn(dawdle_and_tell(endpoint, how, &its));
      co_await sleep_for(each);
    }
  };
  auto coming = with_scope(come);
  co_await std::move(coming);
}

/// Asks once. The answer's body, or how it went wrong; and how long it took.
struct Visit {
  std::string heard;
  Duration took{};
};

Task<> visit(Endpoint endpoint, Visit* told) {
  Loop& loop = Loop::of(co_await this_context());
  const TimePoint start = loop.now();
  try {
    Result<Stream> connected = co_await Stream::connect(endpoint);
    auto shaking = tls_connect(std::move(connected).value(), TlsEnds::get().client(), "localhost");
    Stream stream = co_await std::move(shaking);
    co_await send(stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    told->heard = co_await read_until(stream, "hello");
    const Result<void> finished = co_await stream.finish();
    (void)finished;
  } catch (const std::exception& failure) {
    told->heard = failure.what();
  }
  told->took = loop.now() - start;
}

/// Runs `body(endpoint, server)` beside a server that accepts TLS.
template <class Body>
void with_server(const Limits& limits, const TlsAcceptor& acceptor, Body body) {
  SimLoop loop;
  loop.run([](Loop& on, const Limits& its, const TlsAcceptor& tls, Body& inside) -> Task<> {
    TestService service;
    ServerOptions options;
    options.limits = its;
    Server server{on, service, options};
    Listener listener{on};
    listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
    Context& context = co_await this_context();
    Scope serving{context};
    serving.spawn(server.serve(listener, tls));
    auto running = inside(listener.endpoint(), server);
    co_await std::move(running);
    listener.stop();
    co_await serving.join();
    co_await listener.close();
    co_await server.stop(0s);
    CHECK(server.statistics().connections_open == 0);
  }(loop, limits, acceptor, body));
  CHECK_FALSE(loop.has_timers());
}

template <class Body>
void with_server(const Limits& limits, Body body) {
  with_server(limits, TlsEnds::get().acceptor(), std::move(body));
}

}  // namespace

TEST_CASE("a client gets through beside slow ones that take all places", "[http][tls][limits][cleartext]") {
  Limits limits;
  limits.handshakes = 3;
  Slowness how;
  SECTION("that say one byte") { how.at_once = 1; }
  SECTION("that drip") { how = {.at_once = 1, .each = 50ms}; }
  SECTION("that say all but the end of their first message") { how.at_once = client_hello().size() - 1; }
  SECTION("that do not go on") { how.at_once = client_hello().size(); }
  with_server(limits, [how](Endpoint endpoint, const Server& server) -> Task<> {
    Context& context = co_await this_context();
    Scope crowd{context};
    crowd.spawn(flood(endpoint, how, 200ms));
    for (int count = 0; count < 5; ++count) {
      co_await sleep_for(1s);
      Visit visited;
      co_await visit(endpoint, &visited);
      CHECK_THAT(visited.heard, Catch::EndsWith("hello"));
      CHECK(visited.took <= 500ms);
    }
    CHECK(server.statistics().handshakes_shed > 10);
    CHECK(server.statistics().handshakes_failed == server.statistics().handshakes_shed);
    crowd.cancel();
    co_await crowd.join();
  });
}

TEST_CASE("a slow handshake gives way to another one, and not before its time", "[http][tls][limits][cleartext]") {
  Limits limits;
  limits.handshakes = 1;
  with_server(limits, [](Endpoint endpoint, const Server& server) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Duration alone{};
    co_await dawdle_and_tell(endpoint, {.at_once = 1}, &alone);
    CHECK(alone == 10s);
    CHECK(server.statistics().handshakes_shed == 0);
    Duration disturbed{};
    scope.spawn(dawdle_and_tell(endpoint, {.at_once = 1}, &disturbed));
    co_await sleep_for(100ms);
    Visit visited;
    co_await visit(endpoint, &visited);
    CHECK_THAT(visited.heard, Catch::EndsWith("hello"));
    CHECK(visited.took == 400ms);
    co_await scope.join();
    CHECK(disturbed == 500ms);
    CHECK(server.statistics().handshakes_shed == 1);
    CHECK(server.statistics().handshakes_failed == 2);
  });
}

TEST_CASE("the handshake that has waited longest for its client gives way", "[http][tls][limits][cleartext]") {
  Limits limits;
  limits.handshakes = 3;
  with_server(limits, [](Endpoint endpoint, const Server& server) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Duration first{};
    Duration second{};
    Duration third{};
    scope.spawn(dawdle_and_tell(endpoint, {.at_once = 1, .each = 1ms}, &first));  // as long as its hello has bytes
    co_await sleep_for(10ms);
    scope.spawn(dawdle_and_tell(endpoint, {.at_once = 1}, &second));
    co_await sleep_for(10ms);
    scope.spawn(dawdle_and_tell(endpoint, {.at_once = client_hello().size()}, &third));
    co_await sleep_for(1s);
    // Since then the first has said all of its hello: its client has had its turn for a shorter time.
    Visit visits[2];
    for (Visit& each : visits) scope.spawn(visit(endpoint, &each));
    co_await sleep_for(100ms);
    CHECK(second == 1010ms);
    CHECK(third == 1s);
    for (const Visit& each : visits) {
      CHECK_THAT(each.heard, Catch::EndsWith("hello"));
      CHECK(each.took == 0ms);
    }
    scope.cancel();
    co_await scope.join();
    CHECK(first == 1120ms);
    CHECK(server.statistics().handshakes_shed == 2);
  });
}

TEST_CASE("a handshake that waits for its certificate keeps its place", "[http][tls][limits][cleartext]") {
  Limits limits;
  limits.handshakes = 1;
  int asked = 0;
  Duration answer_after = 5s;
  const CertificateSource source{[&](ServerName) -> Task<Certificate> {
    const Duration length = asked++ == 0 ? answer_after : Duration{};
    co_await sleep_for(length);
    co_return TlsEnds::get().certificate();
  }};
  const TlsAcceptor acceptor{TlsServer::make({.tickets = TlsTickets::off}).value(), source};
  SECTION("so another one waits") {
    with_server(limits, acceptor, [](Endpoint endpoint, const Server& server) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      Visit first;
      Visit second;
      scope.spawn(visit(endpoint, &first));
      co_await sleep_for(1s);
      scope.spawn(visit(endpoint, &second));
      co_await scope.join();
      CHECK_THAT(first.heard, Catch::EndsWith("hello"));
      CHECK_THAT(second.heard, Catch::EndsWith("hello"));
      CHECK(first.took == 5s);
      CHECK(second.took == 4s);
      CHECK(server.statistics().handshakes_failed == 0);
    });
  }
  SECTION("until both are too late") {
    answer_after = 20s;
    with_server(limits, acceptor, [](Endpoint endpoint, const Server& server) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      Visit visits[3];
      for (Visit& each : visits) scope.spawn(visit(endpoint, &each));
      co_await scope.join();
      for (const Visit& each : visits) CHECK(each.took == 10s);
      CHECK(server.statistics().handshakes_failed == 3);
      CHECK(server.statistics().handshakes_shed == 0);
      Visit later;
      co_await visit(endpoint, &later);
      CHECK_THAT(later.heard, Catch::EndsWith("hello"));
      CHECK(later.took == 0s);
    });
  }
}

TEST_CASE("whoever waits for a place, or gives way, may be stopped", "[http][tls][limits][cleartext]") {
  Limits limits;
  limits.handshakes = 1;
  limits.handshake_stall = GENERATE(Duration{0s}, Duration{500ms}, Duration::max());
  with_server(limits, [](Endpoint endpoint, Server& server) -> Task<> {
    Context& context = co_await this_context();
    Scope scope{context};
    Duration took[4] = {};
    for (Duration& its : took) scope.spawn(dawdle_and_tell(endpoint, {.at_once = 1}, &its));
    co_await sleep_for(500ms);
    co_await server.stop(0s);
    co_await scope.join();
  });
}
