#include "disconnect_support.hpp"

#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/wire/proxy_header.hpp>
#include <proxy_bytes.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <utility>

using namespace gyre;
using namespace gyre::test;
using namespace proxy_test;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

ServerOptions trusting() {
  ServerOptions options;
  options.proxies = {"127.0.0.0/8"};
  return options;
}

std::string who(const Request& request) {
  const Result<Endpoint> peer = request.peer();
  return (peer ? peer->text() : "nobody") + (request.secure() ? " by TLS" : "") + ";";
}

void add_routes(Router& router) {
  router.get("/who", [](const Request& request) { return who(request); })
      .get("/co/who",
           [](Request& request) -> Task<std::string> {
             co_await sleep_for(1ms);
             co_return who(request);
           })
      .post("/echo", [](const Request& request) { return who(request) + std::string{request.body()}; });
}

constexpr std::string_view line = "PROXY TCP4 192.0.2.7 198.51.100.1 50000 443\r\n";
constexpr std::string_view client = "192.0.2.7:50000;";

/// Two answers, the second of which ends the connection.
const std::string requests = request("GET /who") + request("GET /co/who", "Connection: close\r\n");

/// Reads to the end, and says how long that took.
Task<Duration> time_to_end(RouteSite& site, ClientStream& stream, std::string& text) {
  const TimePoint start = site.loop.now();
  text = co_await read_to_end(stream);
  co_return site.loop.now() - start;
}

std::uint64_t refused(const RouteSite& site) { return site.server.statistics().proxy_headers_refused; }

}  // namespace

TEST_CASE("a trusted proxy says who the client is, for the whole connection", "[http][proxy][http1][cleartext]") {
  struct Row {
    std::string header;
    std::string_view peer;
  };
  const Row rows[] = {
      {std::string{line}, client},
      {"PROXY TCP6 2001:db8::7 ::1 50000 443\r\n", "[2001:db8::7]:50000;"},
      {ipv4_header(), client},
      {ipv4_header(tls_element(1)), "192.0.2.7:50000 by TLS;"},
      {ipv6_header(), "[2001:db8::7]:50000;"},
      {unix_header("/run/client.sock", "/run/app.sock"), "unix:/run/client.sock;"},
      {unix_header("\0client"sv, ""), "unix:@client;"},
      {unix_header("", "/run/app.sock"), "unix:;"},
  };
  for_each_loop([&](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          for (const Row& row : rows) {
            INFO(row.peer);
            const std::string bytes = row.header + requests;
            const std::string answer = co_await site.ask(bytes);
            CHECK(count(answer, "200 OK") == 2);
            CHECK(count(answer, row.peer) == 2);
          }
          CHECK(refused(site) == 0);
          CHECK(site.server.statistics().requests == 2 * std::size(rows));
        },
        trusting());
  });
}

TEST_CASE("a header without addresses leaves the peer what it is", "[http][proxy][http1][cleartext]") {
  for_each_loop([](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          const std::string headers[] = {"PROXY UNKNOWN\r\n", proxy_test::header(0x20, 0, ""),
                                         proxy_test::header(0x21, 0, "")};
          for (const std::string& header : headers) {
            ClientStream stream = co_await site.connect();
            const Result<Endpoint> own = stream.local_endpoint();
            const std::string bytes = header + requests;
            co_await send(stream, bytes);
            const std::string answer = co_await read_to_end(stream);
            CHECK(count(answer, own->text() + ";") == 2);
          }
        },
        trusting());
  });
}

TEST_CASE("it does not matter how a header arrives, nor what comes with it", "[http][proxy][http1][cleartext]") {
  const std::string body = request("POST /echo", "Content-Length: 8\r\nConnection: close\r\n", "the body");
  for (const std::string& header : {std::string{line}, ipv4_header(element(2, "a.example"))}) {
    const std::string bytes = header + request("GET /who") + body;
    for_each_sim_loop([&](Loop& loop) {
      Router router;
      add_routes(router);
      with_routes(
          loop, router,
          [&](RouteSite& site) -> Task<> {
            for (std::size_t cut = 1; cut < header.size() + 20; ++cut) {
              INFO("cut at " << cut);
              ClientStream stream = co_await site.connect();
              const std::string_view all = bytes;
              co_await send(stream, all.substr(0, cut));
              co_await sleep_for(1ms);
              co_await send(stream, all.substr(cut));
              const std::string answer = co_await read_to_end(stream);
              CHECK(count(answer, client) == 2);
              CHECK(answer.ends_with("the body"));
            }
            // And byte by byte.
            ClientStream stream = co_await site.connect();
            for (const char byte : bytes) {
              const std::string_view one{&byte, 1};
              co_await send(stream, one);
              co_await sleep_for(1ms);
            }
            const std::string answer = co_await read_to_end(stream);
            CHECK(count(answer, client) == 2);
            CHECK(answer.ends_with("the body"));
          },
          trusting());
    });
  }
}

TEST_CASE("a header may be long, and what follows it too", "[http][proxy][http1][cleartext]") {
  for_each_loop([](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          const std::string text(300'000, 't');
          const std::string bytes = ipv4_header(element(4, std::string(wire::proxy_header_max - 31, '\0'))) +
                                    request("POST /echo", "Content-Length: 300000\r\nConnection: close\r\n", text);
          const std::string answer = co_await site.ask(bytes);
          CHECK((body_of(answer) == std::string{client} + text));
        },
        trusting());
  });
}

TEST_CASE("from anybody else a PROXY header is a bad request", "[http][proxy][http1][cleartext]") {
  for_each_sim_loop([](Loop& loop) {
    ServerOptions others;
    others.proxies = {"10.0.0.0/8", "::1", "unix"};
    for (const ServerOptions& options : {ServerOptions{}, others}) {
      Router router;
      add_routes(router);
      with_routes(
          loop, router,
          [](RouteSite& site) -> Task<> {
            const std::string headers[] = {std::string{line}, ipv4_header()};
            for (const std::string& header : headers) {
              const std::string bytes = header + requests;
              const std::string answer = co_await site.ask(bytes);
              CHECK(answer.starts_with("HTTP/1.1 400 "));
            }
            const std::string answer = co_await site.ask(requests);
            CHECK(count(answer, "127.0.0.1:") == 2);
            CHECK(refused(site) == 0);
          },
          options);
    }
  });
}

TEST_CASE("a trusted proxy that says nothing good is cut off without an answer", "[http][proxy][http1][cleartext]") {
  for_each_loop([](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          const std::string bad[] = {
              requests,
              "PROXY TCP4 192.0.2.7 198.51.100.1 50000\r\n" + requests,
              proxy_test::header(0x21, 0x12, ipv4_block()) + requests,
              ipv4_header(element(3, "\0\0\0\0"sv)) + requests,
              unix_header(std::string(108, 'p'), "") + requests,  // longer than any path here
              std::string(200, '\r'),
          };
          for (const std::string& bytes : bad) {
            ClientStream stream = co_await site.connect();
            (void)co_await stream.write(as_bytes(bytes));  // it may be cut off before all is written
            const std::string answer = co_await read_to_end(stream);
            CHECK(answer.empty());
          }
          CHECK(refused(site) == std::size(bad));
          CHECK(site.server.statistics().requests == 0);
          CHECK(site.server.statistics().responses == 0);
          CHECK(site.server.statistics().connections_accepted == std::size(bad));
          CHECK(site.server.statistics().connections_open == 0);
        },
        trusting());
  });
}

TEST_CASE("a header that does not arrive is waited for as long as a head", "[http][proxy][http1][limits][cleartext]") {
  ServerOptions options = trusting();
  options.limits.head_read = 7s;
  SimLoop loop;
  Router router;
  add_routes(router);
  with_routes(
      loop, router,
      [](RouteSite& site) -> Task<> {
        std::string text;
        ClientStream silent = co_await site.connect();
        const Duration silent_time = co_await time_to_end(site, silent, text);
        CHECK(silent_time == 7s);
        CHECK(text.empty());
        CHECK(refused(site) == 1);

        ClientStream slow = co_await site.connect();
        co_await send(slow, "PROXY ");
        co_await sleep_for(3s);
        co_await send(slow, "TCP4 ");  // more bytes of it buy no time
        const Duration slow_time = co_await time_to_end(site, slow, text);
        CHECK(slow_time == 4s);
        CHECK(text.empty());
        CHECK(refused(site) == 2);

        // What comes behind it has its own time.
        ClientStream late = co_await site.connect();
        co_await sleep_for(6s);
        co_await send(late, line);
        co_await send(late, "GET /who");
        const Duration late_time = co_await time_to_end(site, late, text);
        CHECK(late_time == 7s);
        CHECK(text.starts_with("HTTP/1.1 408 "));
        ClientStream idle = co_await site.connect();
        co_await send(idle, line);
        const Duration idle_time = co_await time_to_end(site, idle, text);
        CHECK(idle_time == 60s);
        CHECK(text.empty());
        CHECK(refused(site) == 2);
      },
      options);
}

TEST_CASE("a proxy that leaves before it has said anything has done no wrong", "[http][proxy][http1][cleartext]") {
  for_each_loop([](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          {
            const ClientStream brief = co_await site.connect();
            co_await sleep_for(5ms);
          }
          co_await site.quiet();
          CHECK(refused(site) == 0);
          ClientStream half = co_await site.connect();
          co_await send(half, "PROXY TCP4");
          co_await sleep_for(5ms);
          (void)co_await half.finish();
          co_await site.quiet();
          CHECK(refused(site) == 1);
          ClientStream reset = co_await site.connect();
          co_await send(reset, "PROXY TCP4");
          co_await sleep_for(5ms);
          reset.reset();
          co_await sleep_for(5ms);
          co_await site.quiet();
          CHECK(refused(site) == 2);
        },
        trusting());
  });
}

TEST_CASE("a client that ends its side with its request is answered behind a header, too",
          "[http][proxy][http1][cleartext]") {
  for_each_loop([](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          const std::string bytes = std::string{line} + request("GET /who");
          co_await send(stream, bytes);
          (void)co_await stream.finish();
          const std::string answer = co_await read_to_end(stream);
          CHECK(count(answer, client) == 1);
        },
        trusting());
  });
}

TEST_CASE("who waits for a header takes a place", "[http][proxy][http1][limits][cleartext]") {
  ServerOptions options = trusting();
  options.limits.connections = 2;
  for_each_sim_loop([&](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          ClientStream first = co_await site.connect();
          co_await send(first, "PROXY");
          ClientStream second = co_await site.connect();
          co_await sleep_for(1ms);
          CHECK(site.server.statistics().connections_open == 2);
          const std::string bytes = std::string{line} + requests;
          const std::string turned_away = co_await site.ask(bytes);
          CHECK(turned_away.starts_with("HTTP/1.1 503 "));
          const std::string_view rest = std::string_view{bytes}.substr(5);
          co_await send(first, rest);
          const std::string answer = co_await read_to_end(first);
          CHECK(count(answer, client) == 2);
          first.close();
          second.close();
          co_await site.quiet();
          CHECK(site.server.statistics().connections_refused == 1);
          CHECK(site.server.statistics().connections_accepted == 3);
        },
        options);
  });
}

TEST_CASE("a stop does not wait for a header", "[http][proxy][http1][stop][cleartext]") {
  for_each_loop([](Loop& loop) {
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          ClientStream silent = co_await site.connect();
          ClientStream half = co_await site.connect();
          co_await send(half, "PROXY TCP4");
          ClientStream opened = co_await site.connect();
          co_await send(opened, line);
          co_await sleep_for(5ms);
          CHECK(site.server.statistics().connections_open == 3);
          site.listener.stop();
          const TimePoint start = site.loop.now();
          co_await site.server.stop(10s);
          CHECK(site.loop.now() - start < 1s);
          CHECK(site.server.statistics().connections_open == 0);
          CHECK(refused(site) == 0);
        },
        trusting());
  });
}

TEST_CASE("a header that arrives as the server stops is served or not, and nothing is left",
          "[http][proxy][http1][stop][cleartext]") {
  for (const std::uint64_t seed : loop_test::seeds(40)) {
    INFO("GYRE_SEED=" << seed);
    SimLoop loop{{.seed = seed}};
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          ClientStream stream = co_await site.connect();
          co_await sleep_for(1ms);
          Context& context = co_await this_context();
          Scope scope{context};
          const std::string bytes = std::string{line} + request("GET /who");
          scope.spawn([](ClientStream* to, std::string text) -> Task<> { co_await send(*to, text); }, &stream, bytes);
          site.listener.stop();
          co_await site.server.stop(10s);
          co_await scope.join();
          const std::string answer = co_await read_to_end(stream);
          CHECK((answer.empty() || (count(answer, client) == 1 && count(answer, "Connection: close") == 1)));
          CHECK(refused(site) == 0);
        },
        trusting());
    CHECK(loop.armed() == 0);
    CHECK(loop.open_descriptors() == 0);
  }
}

TEST_CASE("whichever operation fails on the way to a header, nothing is left", "[http][proxy][http1][cleartext]") {
  SimOptions options;
  std::uint64_t operations = 0;
  do {
    ++options.fail_operation.number;
    SimLoop loop{options};
    Router router;
    add_routes(router);
    with_routes(
        loop, router,
        [](RouteSite& site) -> Task<> {
          auto connecting = Stream::connect(site.listener.endpoint());
          Result<Stream> stream = co_await std::move(connecting);
          if (!stream) co_return;
          const std::string_view parts[] = {line.substr(0, 20), line.substr(20), requests};
          for (const std::string_view part : parts) {
            const Result<void> sent = co_await stream->write(as_bytes(part));
            if (!sent) co_return;
            co_await sleep_for(1ms);
          }
          const std::string answer = co_await read_to_end(*stream);
          CHECK((answer.empty() || count(answer, client) >= 1));
        },
        trusting());
    operations = loop.operations();
    CHECK(loop.armed() == 0);
    CHECK(loop.open_descriptors() == 0);
  } while (options.fail_operation.number <= operations);
  CHECK(operations > 5);
}

TEST_CASE("a handler whose client has left still knows that it came by TLS",
          "[http][proxy][http1][disconnect][cleartext]") {
  SimLoop loop;
  Router router;
  std::string seen;
  router.get(
      "/late",
      [&seen](Request& request) -> Task<std::string> {
        co_await sleep_for(1s);
        seen = who(request);
        co_return "";
      },
      finish);
  with_routes(
      loop, router,
      [](RouteSite& site) -> Task<> {
        const std::string bytes = ipv4_header(tls_element(1)) + request("GET /late");
        auto leaving = leave(&site, bytes);
        co_await std::move(leaving);
        co_await site.quiet();
      },
      trusting());
  CHECK(seen == "nobody by TLS;");
}

TEST_CASE("proxies on a Unix socket", "[http][proxy][http1][cleartext]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    Router router;
    add_routes(router);
    const auto body = [&]() -> Task<> {
      ServerOptions options;
      options.proxies = {"unix"};
      Server server{loop, router, options};
      Listener listener{loop};
      const std::string path = "@gyre-proxied-test-" + std::to_string(loop.random());
      listener.open(Endpoint::unix_path(path).value()).value();
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(server.serve(listener));
      auto connecting = Stream::connect(listener.endpoint());
      Result<Stream> stream = co_await std::move(connecting);
      const std::string bytes = std::string{line} + requests;
      co_await send(*stream, bytes);
      const std::string answer = co_await read_to_end(*stream);
      CHECK(count(answer, client) == 2);
      stream->close();
      listener.stop();
      co_await scope.join();
      co_await listener.close();
      co_await server.stop(0s);
    };
    loop.run(body());
  });
}
