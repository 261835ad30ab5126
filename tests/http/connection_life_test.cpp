#include "http_support.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <algorithm>
#include <cerrno>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;

namespace {

/// No safe method: nothing behind it may run beside it.
constexpr std::string_view gate = "POST /co/gate HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view plain = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

/// The virtual time from `start` until the server ended the connection.
Task<Duration> time_to_end(Loop& loop, ClientStream& stream, std::string& text) {
  const TimePoint start = loop.now();
  text = co_await read_to_end(stream);
  co_return loop.now() - start;
}

}  // namespace

TEST_CASE("a client that leaves cancels its request's scope", "[http][cancel]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [&loop](Site& site) -> Task<> {
      {
        ClientStream stream = co_await site.connect();
        co_await send(stream, gate);
        co_await site.service.entered.wait();
      }
      while (site.server.statistics().connections_open != 0) co_await sleep_for(1ms);
      CHECK(site.service.reason == CancelReason::client_gone);
      CHECK(site.server.statistics().answers_dropped == 1);
      CHECK(site.server.statistics().responses == 0);
      (void)loop;
    });
  });
}

TEST_CASE("requests behind a waiting one wait their turn", "[http][http1]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      co_await send(stream, std::string{gate} + std::string{plain} + std::string{plain});
      co_await site.service.entered.wait();
      co_await sleep_for(5ms);
      CHECK(site.service.seen.size() == 1);
      site.service.gate.set();
      const std::string answer = co_await read_until(stream, "hello");
      CHECK(answer.find("waited /co/gate") < answer.find("hello"));
    });
  });
}

TEST_CASE("what is read ahead of a waiting handler is bounded", "[http][limits][http1]") {
  for_each_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.read_ahead = 8 * 1024;
    with_site(
        loop,
        [](Site& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          co_await send(stream, gate);
          co_await site.service.entered.wait();
          // Far more than the read-ahead and the sockets' own buffers take at once: the write has to wait.
          const std::size_t requests = site.loop.backend() == Backend::sim ? 5'000 : 400'000;
          std::string many;
          for (std::size_t index = 0; index < requests; ++index) many += plain;
          Context& context = co_await this_context();
          Scope scope{context};
          scope.spawn([](ClientStream& to, std::string bytes) -> Task<> { co_await send(to, bytes); }, std::ref(stream),
                      many);
          co_await sleep_for(20ms);
          CHECK(site.service.seen.size() == 1);
          CHECK(scope.size() == 1);
          site.service.gate.set();
          std::size_t answers = 0;
          std::vector<std::byte> buffer(64 * 1024);
          std::string carry;
          while (answers < requests + 1) {
            const Result<std::size_t> got = co_await stream.read(buffer);
            REQUIRE(got.has_value());
            REQUIRE(*got > 0);
            carry += as_text(Bytes{buffer.data(), *got});
            answers += count(carry, "\r\n\r\n");
            carry.erase(0, carry.size() > 3 ? carry.size() - 3 : 0);
          }
          co_await scope.join();
          CHECK(site.service.seen.size() == requests + 1);
        },
        std::move(options));
  });
}

TEST_CASE("a hang-up is noticed while the connection is not read from", "[http][cancel][http1]") {
  for_each_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.read_ahead = 1024;
    with_site(
        loop,
        [](Site& site) -> Task<> {
          {
            ClientStream stream = co_await site.connect();
            std::string bytes{gate};
            for (int index = 0; index < 100; ++index) bytes += plain;
            co_await send(stream, bytes);
            co_await site.service.entered.wait();
            co_await sleep_for(5ms);
          }
          while (site.server.statistics().connections_open != 0) co_await sleep_for(1ms);
          CHECK(site.service.reason == CancelReason::client_gone);
          CHECK(site.service.seen.size() == 1);
        },
        std::move(options));
  });
}

TEST_CASE("a watch that fails is not tried again in the same turn", "[http][cancel][http1]") {
  // The last operation before the client leaves is the watch.
  const auto operations_until_paused = [](SimFailure failure, CancelReason& reason) {
    SimOptions world;
    world.fail_operation = failure;
    SimLoop loop{world};
    ServerOptions options;
    options.limits.read_ahead = 1024;
    std::uint64_t operations = 0;
    const auto body = [&](Site& site) -> Task<> {
      {
        ClientStream stream = co_await site.connect();
        std::string bytes{gate};
        for (int index = 0; index < 100; ++index) bytes += plain;
        co_await send(stream, bytes);
        co_await sleep_for(5ms);
        operations = loop.operations();
      }
      co_await sleep_for(5ms);
      site.service.gate.set();
      while (site.server.statistics().connections_open != 0) co_await sleep_for(1ms);
      reason = site.service.reason;
    };
    with_site(loop, body, std::move(options));
    return operations;
  };
  CancelReason reason = CancelReason::none;
  const std::uint64_t watch = operations_until_paused({}, reason);
  CHECK(reason == CancelReason::client_gone);
  const std::uint64_t operations = operations_until_paused({.number = watch, .error = ENOMEM}, reason);
  CHECK(operations == watch);
  CHECK(reason == CancelReason::none);  // the end is heard when there is room again
}

TEST_CASE("a client that does not read its answers is not served further", "[http][limits]") {
  for_each_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.output = 200'000;
    with_site(
        loop,
        [](Site& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          constexpr std::size_t requests = 500;
          std::string many;
          for (std::size_t index = 0; index < requests; ++index) many += "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
          co_await send(stream, many);
          co_await sleep_for(20ms);
          CHECK(site.service.seen.size() < requests);
          std::size_t bytes = 0;
          std::vector<std::byte> buffer(256 * 1024);
          while (bytes < requests * 100'000) {
            const Result<std::size_t> got = co_await stream.read(buffer);
            REQUIRE(got.has_value());
            REQUIRE(*got > 0);
            bytes += *got;
          }
          CHECK(site.service.seen.size() == requests);
        },
        std::move(options));
  });
}

TEST_CASE("a client that ends its side gets all that it asked for", "[http][http1]") {
  for_each_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.output = 200'000;
    with_site(
        loop,
        [](Site& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          constexpr std::size_t requests = 50;
          std::string many;
          for (std::size_t index = 0; index < requests; ++index) many += "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
          co_await send(stream, many + "GET /half");
          (void)co_await stream.finish();
          co_await sleep_for(20ms);  // until no more is looked at, for the answers that nobody reads
          const std::string answers = co_await read_to_end(stream);
          CHECK(count(answers, "HTTP/1.1 200 OK") == requests);
          CHECK(answers.size() > requests * 100'000);
        },
        std::move(options));
  });
}

TEST_CASE("time limits, to the nanosecond", "[http][limits][http1]") {
  SimLoop loop;
  ServerOptions options;
  options.limits.rate = 0;
  options.limits.handler = Duration::max();
  const auto body = [&](Site& site) -> Task<> {
    std::string text;
    ClientStream idle = co_await site.connect();
    co_await send(idle, plain);
    (void)co_await read_until(idle, "hello");
    const Duration idle_time = co_await time_to_end(loop, idle, text);
    CHECK(idle_time == 60s);
    CHECK(text.empty());

    ClientStream slow_head = co_await site.connect();
    co_await send(slow_head, "GET /x HT");
    co_await sleep_for(4s);
    co_await send(slow_head, "TP/1.1\r\n");  // more bytes of the same head buy no time
    const Duration head_time = co_await time_to_end(loop, slow_head, text);
    CHECK(head_time == 6s);
    CHECK(text.starts_with("HTTP/1.1 408 "));

    ClientStream slow_body = co_await site.connect();
    co_await send(slow_body, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    co_await sleep_for(20s);
    co_await send(slow_body, "c");  // each piece does
    const Duration body_time = co_await time_to_end(loop, slow_body, text);
    CHECK(body_time == 30s);
    CHECK(text.starts_with("HTTP/1.1 408 "));

    // The idle time does not run while a handler is at work.
    ClientStream busy = co_await site.connect();
    co_await send(busy, gate);
    co_await sleep_for(1h);
    site.service.gate.set();
    text = co_await read_until(busy, "gate ");
    CHECK(count(text, "200 OK") == 1);
  };
  with_site(loop, body, options);
}

TEST_CASE("a client that stops reading is cut after the write stall", "[http][limits]") {
  SimOptions small;
  small.pipe_capacity = 4096;
  SimLoop loop{small};
  with_site(loop, [&](Site& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    co_await send(stream, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    co_await sleep_for(29s);
    CHECK(site.server.statistics().connections_open == 1);
    co_await sleep_for(2s);
    CHECK(site.server.statistics().connections_open == 0);
  });
}

TEST_CASE("bytes of a client that does not read buy it no time", "[http][limits]") {
  SimOptions small;
  small.pipe_capacity = 4096;
  SimLoop loop{small};
  with_site(loop, [&](Site& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    co_await send(stream, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int second = 0; second < 29; ++second) {
      co_await sleep_for(1s);
      co_await send(stream, "G");
    }
    CHECK(site.server.statistics().connections_open == 1);
    co_await sleep_for(2s);
    CHECK(site.server.statistics().connections_open == 0);
  });
}

TEST_CASE("after the last answer the client's side is awaited, for a while", "[http][http1]") {
  SimLoop loop;
  with_site(loop, [&](Site& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    co_await send(stream, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    (void)co_await read_to_end(stream);
    CHECK(site.server.statistics().connections_open == 1);
    co_await send(stream, "this is read and thrown away");
    co_await sleep_for(1900ms);
    CHECK(site.server.statistics().connections_open == 1);
    co_await sleep_for(200ms);
    CHECK(site.server.statistics().connections_open == 0);
  });
}

TEST_CASE("a stop closes idle connections at once and lets the others finish", "[http][stop]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [&loop](Site& site) -> Task<> {
      ClientStream idle = co_await site.connect();
      co_await send(idle, plain);
      (void)co_await read_until(idle, "hello");
      ClientStream busy = co_await site.connect();
      co_await send(busy, gate);
      co_await site.service.entered.wait();

      Context& context = co_await this_context();
      Scope scope{context};
      site.listener.stop();
      scope.spawn(site.server.stop(10s));
      const std::string nothing = co_await read_to_end(idle);
      CHECK(nothing.empty());
      site.service.gate.set();
      const std::string answer = co_await read_to_end(busy);
      CHECK(count(answer, "HTTP/1.1 200 OK") == 1);
      CHECK(count(answer, "Connection: close\r\n") == 1);
      busy.close();
      co_await scope.join();
      CHECK(site.server.statistics().connections_open == 0);
      (void)loop;
    });
  });
}

TEST_CASE("a stop does not wait for more than the answer that is on its way", "[http][stop]") {
  SimLoop loop;
  with_site(loop, [&](Site& site) -> Task<> {
    const std::string big = "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
    ClientStream slow = co_await site.connect();
    co_await send(slow, big + big + big);
    co_await sleep_for(1ms);
    Context& context = co_await this_context();
    Scope scope{context};
    site.listener.stop();
    scope.spawn(site.server.stop(10s));
    co_await sleep_for(1ms);
    const TimePoint start = loop.now();
    const std::string answer = co_await read_to_end(slow);
    CHECK(count(answer, "HTTP/1.1 200 OK") == 3);
    CHECK(loop.now() == start);
    slow.close();
    co_await scope.join();
  });
}

TEST_CASE("when the grace is over handlers are cancelled and their clients get 503", "[http][stop]") {
  SimLoop loop;
  with_site(loop, [&](Site& site) -> Task<> {
    ClientStream busy = co_await site.connect();
    co_await send(busy, gate);
    co_await site.service.entered.wait();
    Context& context = co_await this_context();
    Scope scope{context};
    site.listener.stop();
    scope.spawn(site.server.stop(10s));
    const TimePoint start = loop.now();
    const std::string answer = co_await read_to_end(busy);
    CHECK(loop.now() - start == 10s);
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    CHECK(site.service.reason == CancelReason::shutdown);
    busy.close();
    co_await scope.join();
  });
}

TEST_CASE("a client that ends its side is served although it was not read from", "[http][limits][http1]") {
  for_each_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.output = 200'000;
    options.limits.read_ahead = 1000;
    with_site(
        loop,
        [](Site& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          constexpr std::size_t requests = 300;
          std::string many;
          for (std::size_t index = 0; index < requests; ++index) many += "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
          co_await send(stream, many);
          (void)co_await stream.finish();
          co_await sleep_for(20ms);
          const std::string answers = co_await read_to_end(stream);
          CHECK(count(answers, "HTTP/1.1 200 OK") == requests);
        },
        std::move(options));
  });
}

TEST_CASE("whichever operation fails, an answer is whole or visibly broken", "[http][cleartext][http1]") {
  SimOptions options;
  std::uint64_t operations = 0;
  for (options.fail_operation = {.number = 0, .error = ENOBUFS}; options.fail_operation.number <= operations;
       ++options.fail_operation.number) {
    SimLoop loop{options};
    with_site(loop, [](Site& site) -> Task<> {
      auto connecting = Stream::connect(site.listener.endpoint());
      Result<Stream> stream = co_await std::move(connecting);
      if (!stream) co_return;
      const Result<void> sent =
          co_await stream->write(as_bytes("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
      if (!sent) co_return;
      std::string answer;
      std::byte buffer[4096];
      Result<std::size_t> count = std::size_t{1};
      while (count && *count != 0) {
        count = co_await stream->read(buffer);
        if (count) answer += as_text(Bytes{buffer, *count});
      }
      CHECK((!count || answer.ends_with(std::string(100'000, 'b'))));
    });
    operations = std::max(operations, loop.operations());
    CHECK(loop.open_descriptors() == 0);
  }
  CHECK(operations > 5);
}
