#include "http_support.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;

namespace {

constexpr std::string_view get_close = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::string get(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n" + std::string{more} + "\r\n";
}

}  // namespace

TEST_CASE("a request gets its answer and the connection stays", "[http]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      for (int round = 0; round < 3; ++round) {
        co_await send(stream, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        const std::string answer = co_await read_until(stream, "hello");
        CHECK(brief(answer) ==
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello");
      }
      CHECK(site.server.statistics().connections_accepted == 1);
      CHECK(site.server.statistics().requests == 3);
    });
  });
}

TEST_CASE("every response carries the date and the configured server name", "[http]") {
  SimLoop loop;
  ServerOptions options;
  options.server_name = "unit";
  with_site(
      loop,
      [](Site& site) -> Task<> {
        const std::string first = co_await site.ask(get_close);
        CHECK(count(first, "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n") == 1);
        CHECK(count(first, "Server: unit\r\n") == 1);
        co_await sleep_for(61s);
        const std::string later = co_await site.ask(get_close);
        CHECK(count(later, "Date: Thu, 01 Jan 2026 00:01:01 GMT\r\n") == 1);
      },
      std::move(options));
}

TEST_CASE("the date follows the wall clock within a second when that jumps", "[http]") {
  SimLoop loop;
  with_site(loop, [&loop](Site& site) -> Task<> {
    for (const std::string_view date : {"01:00:01", "00:00:02"}) {
      loop.jump_wall_clock(date == "01:00:01" ? 1h : -1h);
      co_await sleep_for(1s);
      const std::string answer = co_await site.ask(get_close);
      CHECK(count(answer, "Date: Thu, 01 Jan 2026 " + std::string{date} + " GMT\r\n") == 1);
    }
    CHECK(loop.now().time_since_epoch() == 2s);
  });
}

TEST_CASE("pipelined requests are answered in order", "[http]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      std::string requests;
      std::string expected;
      for (int index = 0; index < 16; ++index) {
        const bool slow = index % 5 == 3;
        const std::string mark = std::to_string(index);
        requests += get(slow ? "/co/sleep" : "/echo", "X-Mark: " + mark + "\r\n");
        expected += slow ? "waited /co/sleep " + mark + ";" : ";";
      }
      requests += get_close;
      const std::string answer = co_await site.ask(requests);
      CHECK(count(answer, "HTTP/1.1 200 OK\r\n") == 17);
      std::string bodies;
      for (int index = 0; index < 16; ++index) {
        if (index % 5 == 3) CHECK(count(answer, "waited /co/sleep " + std::to_string(index)) == 1);
      }
      const auto at = [&](int index) { return answer.find("waited /co/sleep " + std::to_string(index)); };
      CHECK(at(3) < at(8));
      CHECK(at(8) < at(13));
      CHECK(answer.ends_with("hello"));
    });
  });
}

TEST_CASE("answers that are ready together leave in one send", "[http][http1]") {
  SimLoop loop;
  with_site(loop, [](Site& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    std::string requests;
    for (int index = 0; index < 16; ++index) requests += get("/x");
    co_await send(stream, requests);
    std::vector<std::byte> buffer(64 * 1024);
    const Result<std::size_t> first = co_await stream.read(buffer);
    REQUIRE(first.has_value());
    CHECK(count(as_text(Bytes{buffer.data(), *first}), "HTTP/1.1 200 OK") == 16);
  });
}

TEST_CASE("delivery in single bytes gives the same answers", "[http]") {
  const std::string requests = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab\r\nc" + get("/co/x") +
                               "POST /co/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz" +
                               std::string{get_close};
  for_each_loop([&](Loop& loop) {
    with_site(loop, [&](Site& site) -> Task<> {
      const std::string whole = co_await site.ask(requests);
      ClientStream stream = co_await site.connect();
      for (const char byte : requests) {
        co_await send(stream, {&byte, 1});
        co_await sleep_for(1ns);  // lets the server have it before the next
      }
      const std::string bytewise = co_await read_to_end(stream);
      CHECK(brief(bytewise) == brief(whole));
      CHECK(count(whole, "HTTP/1.1 200 OK") == 4);
      CHECK(count(whole, "ab\r\nc") == 1);
    });
  });
}

TEST_CASE("bodies are collected up to the limit", "[http][limits]") {
  for_each_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.body = 1000;
    with_site(
        loop,
        [](Site& site) -> Task<> {
          const std::string body(1000, 'x');
          const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ";
          std::string answer = co_await site.ask(head + "1000\r\n\r\n" + body);
          CHECK(answer.ends_with("\r\n\r\n" + body));
          answer = co_await site.ask(head + "1001\r\n\r\n" + body + "y");
          CHECK(answer.starts_with("HTTP/1.1 413 "));
          CHECK(count(answer, "Connection: close\r\n") == 1);
          // Refused by its announcement: nobody has to send it first.
          answer = co_await site.ask(head + (over_h2() ? "9223372036854775807" : "18446744073709551615") + "\r\n\r\n");
          CHECK(answer.starts_with("HTTP/1.1 413 "));
          CHECK(site.service.seen.size() == 1);
        },
        std::move(options));
  });
}

TEST_CASE("a client that expects 100-continue is asked to go on", "[http]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      co_await send(stream, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      const std::string interim = co_await read_until(stream, "\r\n\r\n");
      CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
      co_await send(stream, "body");
      const std::string answer = co_await read_until(stream, "\r\n\r\nbody");
      CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    });
  });
}

TEST_CASE("who closes: Connection and the version decide", "[http][http1]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      std::string answer = co_await site.ask("GET /x HTTP/1.0\r\n\r\n");
      CHECK(count(answer, "Connection: close\r\n") == 1);
      CHECK(answer.ends_with("hello"));

      ClientStream old = co_await site.connect();
      co_await send(old, "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      answer = co_await read_until(old, "hello");
      CHECK(count(answer, "Connection: keep-alive\r\n") == 1);
      co_await send(old, "GET /x HTTP/1.0\r\n\r\n");
      answer = co_await read_to_end(old);
      CHECK(answer.ends_with("hello"));

      // What comes after the last request is not answered.
      answer = co_await site.ask(std::string{get_close} + get("/late"));
      CHECK(count(answer, "HTTP/1.1 200 OK") == 1);
      CHECK(site.service.seen.back() == "/x");
    });
  });
}

TEST_CASE("a head that breaks the grammar is refused, and nothing after it is looked at", "[http][http1]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      std::string answer = co_await site.ask("GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n" + get("/late"));
      CHECK(answer.starts_with("HTTP/1.1 400 "));
      CHECK(count(answer, "application/problem+json") == 1);
      answer = co_await site.ask(get("/first") + "BROKEN\r\n\r\n" + get("/late"));
      CHECK(count(answer, "HTTP/1.1 200 OK") == 1);
      CHECK(count(answer, "HTTP/1.1 400 ") == 1);
      answer = co_await site.ask("GET /x HTTP/2.0\r\nHost: a\r\n\r\n");
      CHECK(answer.starts_with("HTTP/1.1 505 "));
      CHECK(site.service.seen == std::vector<std::string>{"/first"});
      CHECK(site.server.statistics().rejected == 3);
    });
  });
}

TEST_CASE("HEAD, 204 and 304 have no content", "[http]") {
  SimLoop loop;
  with_site(loop, [](Site& site) -> Task<> {
    ClientStream stream = co_await site.connect();
    co_await send(stream, "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/empty") + get("/unmodified") + get("/interim") +
                              std::string{get_close});
    const std::string answer = brief(co_await read_to_end(stream));
    CHECK(answer.starts_with(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nHTTP"));
    CHECK(count(answer, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\n") == 1);
    CHECK(count(answer, "not to be sent") == 0);
    CHECK(count(answer, "HTTP/1.1 500 ") == 1);  // an interim status is no answer
    CHECK(answer.ends_with("\r\n\r\nhello"));
  });
}

TEST_CASE("an exception of any type becomes the service's answer", "[http]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      const std::string answer = co_await site.ask(get("/throw") + get("/co/throw") + std::string{get_close});
      CHECK(count(answer, "HTTP/1.1 500 ") == 2);
      CHECK(count(answer, "HTTP/1.1 200 OK") == 1);
      CHECK(site.service.failures == 2);
    });
  });
}

TEST_CASE("a large answer arrives whole", "[http]") {
  for_each_loop([](Loop& loop) {
    with_site(loop, [](Site& site) -> Task<> {
      const std::string answer = co_await site.ask(get("/big") + get("/big") + std::string{get_close});
      CHECK(count(answer, "Content-Length: 100000\r\n") == 2);
      CHECK(count(answer, std::string(100'000, 'b')) == 2);
    });
  });
}
