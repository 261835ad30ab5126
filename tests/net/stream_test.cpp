#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/listener.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;

namespace {

Endpoint any_port() { return Endpoint::ip("127.0.0.1", 0).value(); }

Task<Stream> connect_to(const Listener& listener) {
  Endpoint endpoint = listener.endpoint();
  Result<Stream> stream = co_await Stream::connect(endpoint);
  co_return std::move(stream).value();
}

/// A connected pair.
struct Pair {
  Stream client;
  Stream server;
};

Task<> make_pair(Listener& listener, Pair& pair) {
  pair.client = co_await connect_to(listener);
  Result<Stream> accepted = co_await listener.accept();
  pair.server = std::move(accepted).value();
}

template <class Body>
Task<> with_pair(Loop& loop, Body body) {
  Listener listener{loop};
  listener.open(any_port()).value();
  {
    Pair pair;
    co_await make_pair(listener, pair);
    co_await body(pair);
  }
  co_await listener.close();
}

}  // namespace

TEST_CASE("what is written at one end is read at the other", "[net][stream]") {
  for_each_loop([](Loop& loop) {
    loop.run(with_pair(loop, [](Pair& pair) -> Task<> {
      const Result<void> written = co_await pair.client.write(as_bytes("ping"));
      REQUIRE(written.has_value());
      std::byte buffer[16];
      std::string text;
      while (text.size() < 4) {
        const Result<std::size_t> got = co_await pair.server.read(buffer);
        REQUIRE(got.has_value());
        text += as_text(Bytes{buffer, *got});
      }
      CHECK(text == "ping");
      CHECK(pair.client.peer_endpoint()->text() == pair.server.local_endpoint()->text());
      pair.client.shutdown(ShutdownSide::send);
      const Result<std::size_t> end = co_await pair.server.read(buffer);
      REQUIRE(end.has_value());
      CHECK(*end == 0);
    }));
  });
}

TEST_CASE("a read can be cancelled and loses no byte", "[net][stream][cancel]") {
  for_each_loop([](Loop& loop) {
    loop.run(with_pair(loop, [](Pair& pair) -> Task<> {
      std::byte buffer[16];
      auto reading = [](Stream& stream, MutableBytes to) -> Task<bool> {
        const Result<std::size_t> got = co_await stream.read(to);
        co_return !got && got.error() == Errc::cancelled;
      };
      const Result<bool> cancelled = co_await within(2ms, reading(pair.server, buffer));
      REQUIRE(cancelled.has_value());  // the read ended with a value: an error that says it was cancelled
      CHECK(*cancelled);
      const Result<void> written = co_await pair.client.write(as_bytes("x"));
      REQUIRE(written.has_value());
      const Result<std::size_t> got = co_await pair.server.read(buffer);
      REQUIRE(got.has_value());
      CHECK(as_text(Bytes{buffer, *got}) == "x");
    }));
  });
}

TEST_CASE("connecting where nobody listens is refused", "[net][stream]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Listener listener{on};
      listener.open(any_port()).value();
      Endpoint endpoint = listener.endpoint();
      co_await listener.close();
      const Result<Stream> stream = co_await Stream::connect(endpoint);
      REQUIRE_FALSE(stream.has_value());
      CHECK(stream.error() == Errc::connection_refused);
    }(loop));
  });
}

TEST_CASE("a listener that stops closes what it accepted and lets its waiter go", "[net][listener]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Listener listener{on};
      listener.open(any_port()).value();
      Stream early = co_await connect_to(listener);
      Context& context = co_await this_context();
      Scope scope{context};
      int closed = 0;
      auto accept_twice = [](Listener& from, int& ended) -> Task<> {
        Result<Stream> first = co_await from.accept();
        const Result<Stream> second = co_await from.accept();
        if (first && !second && second.error() == Errc::closed) ++ended;
      };
      scope.spawn(accept_twice(listener, closed));
      co_await sleep_for(2ms);
      listener.stop();
      co_await scope.join();
      CHECK(closed == 1);
      co_await listener.close();
    }(loop));
  });
}

TEST_CASE("two listeners cannot have one address", "[net][listener]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& on) -> Task<> {
      Listener listener{on};
      listener.open(any_port()).value();
      Listener second{on};
      const Result<void> opened = second.open(listener.endpoint());
      REQUIRE_FALSE(opened.has_value());
      CHECK(opened.error() == Errc::address_in_use);
      co_await listener.close();
    }(loop));
  });
}

TEST_CASE("writing nothing succeeds, whatever the memory was used for before", "[net][stream]") {
  for_each_loop([](Loop& loop) {
    loop.run([](Loop& owner) -> Task<> {
      Listener listener{owner};
      listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
      const Endpoint endpoint = listener.endpoint();
      Result<Stream> stream = co_await Stream::connect(endpoint);
      for (int round = 0; round < 3; ++round) {
        const Result<void> some = co_await stream->write(as_bytes("some"));
        CHECK(some.has_value());
        const Result<void> nothing = co_await stream->write({});
        CHECK(nothing.has_value());
      }
      stream->close();
      co_await listener.close();
    }(loop));
  });
}
