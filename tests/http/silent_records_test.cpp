#include "http_support.hpp"

#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/net/tls/session.hpp>

#include <catch2/catch.hpp>

#include <vector>

using namespace gyre;
using namespace gyre::test;

namespace {

/// A client that sends records byte by byte.
struct SlowClient {
  Stream stream;
  Box<TlsSession> session = TlsSession::connect(SecureEnds::get().client, "127.0.0.1");

  Task<> shake_hands(Loop& loop) {
    session->set_wall_time(loop.wall_time());
    std::byte piece[4096];
    while (session->handshake() != TlsSession::Progress::done) {
      const std::string owed = take_owed();
      co_await send(stream, owed);
      const Result<std::size_t> count = co_await stream.read(piece);
      session->receive(Bytes{piece, *count});
      if (session->handshake() == TlsSession::Progress::failed) throw session->failure();
      session->keep();
    }
    const std::string owed = take_owed();
    co_await send(stream, owed);
  }

  std::string record_of(std::string_view plain) {
    std::vector<std::byte> room(TlsSession::bound(plain.size()));
    const std::size_t size = session->write(as_bytes(plain), room).value();
    return std::string{as_text(Bytes{room.data(), size})};
  }

  /// What comes next, or nothing at the server's close_notify.
  Task<std::string> read_text() {
    std::byte piece[4096];
    std::byte plain[4096];
    std::size_t size = 0;
    while (size == 0 && !session->ended()) {
      const Result<std::size_t> count = co_await stream.read(piece);
      session->receive(Bytes{piece, count.value()});
      size = session->read(plain).value();
    }
    co_return std::string{as_text(Bytes{plain, size})};
  }

  /// What it sends to say that it sends no more.
  std::string goodbye() {
    session->close();
    return take_owed();
  }

 private:
  std::string take_owed() {
    std::string owed{as_text(session->owed())};
    session->owed_taken();
    return owed;
  }
};

}  // namespace

TEST_CASE("a part of a record buys an idle connection no time", "[http][tls][limits][cleartext][http1]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    TestService service;
    Server server{on, service};
    Listener listener{on};
    listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
    Result<Stream> connected = co_await Stream::connect(listener.endpoint());
    SlowClient client{std::move(connected).value()};
    Result<Stream> accepted = co_await listener.accept();
    server.serve(std::move(accepted).value(), *SecureEnds::get().acceptor);
    co_await client.shake_hands(on);

    co_await sleep_for(30s);
    const TimePoint start = on.now();
    const std::string request = client.record_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await send(client.stream, request);
    const std::string answer = co_await client.read_text();
    CHECK(answer.ends_with("hello"));
    CHECK(on.now() == start);

    const std::string next = client.record_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await sleep_for(25s);
    co_await send(client.stream, next.substr(0, 1));
    co_await sleep_for(25s);
    co_await send(client.stream, next.substr(1, 1));
    const std::string nothing = co_await client.read_text();
    CHECK(nothing.empty());
    CHECK(on.now() - start == 60s);
    client.stream.close();
    co_await listener.close();
    co_await server.stop(0s);
  }(loop));
}

TEST_CASE("who has said goodbye over TLS may send only so much more", "[http][tls][limits][cleartext][http1]") {
  SimLoop loop;
  loop.run([](Loop& on) -> Task<> {
    TestService service;
    ServerOptions options;
    options.half_close = HalfClose::served;
    options.limits.drain = 1000;
    Server server{on, service, options};
    Listener listener{on};
    listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
    Result<Stream> connected = co_await Stream::connect(listener.endpoint());
    SlowClient client{std::move(connected).value()};
    Result<Stream> accepted = co_await listener.accept();
    server.serve(std::move(accepted).value(), *SecureEnds::get().acceptor);
    co_await client.shake_hands(on);
    const std::string request = client.record_of("GET /co/gate HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await send(client.stream, request);
    const std::string goodbye = client.goodbye();
    co_await send(client.stream, goodbye);
    for (int count = 0; count < 10; ++count) {
      co_await sleep_for(1s);
      co_await send(client.stream, std::string(100, 'x'));
    }
    co_await sleep_for(1s);
    CHECK(service.reason == CancelReason::none);
    SECTION("and is answered") {
      service.gate.set();
      const std::string answer = co_await client.read_text();
      CHECK(answer.ends_with("waited /co/gate "));
    }
    SECTION("and is cut beyond it") {
      const TimePoint start = on.now();
      co_await send(client.stream, "x");
      const std::string tickets = co_await read_to_end(client.stream);
      CHECK(tickets.size() < 1000);
      CHECK(service.reason == CancelReason::client_gone);
      CHECK(on.now() == start);
    }
    client.stream.close();
    co_await listener.close();
    co_await server.stop(0s);
  }(loop));
}
