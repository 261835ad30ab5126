// What is there over HTTP/2 alone: several requests of a client, and some of them taken back.

#include "disconnect_support.hpp"

#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

Task<ClientStream> connect_h2(RouteSite* site) {
  Result<Stream> connected = co_await Stream::connect(site->listener.endpoint());
  ClientStream stream{std::move(connected).value()};
  co_await stream.begin_h2("http");
  co_return std::move(stream);
}

}  // namespace

TEST_CASE("a request that is taken back is cancelled, and the connection lives on", "[http][h2][cancel][cleartext]") {
  for_each_loop([](Loop& loop) {
    Witness witness;
    Router router;
    router.get("/work", [&] { return work(&witness, 1h); }, {.handler = 2h});
    router.get("/", [] { return "hello"; });
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      ClientStream stream = co_await connect_h2(&site);
      co_await send(stream, request("GET /work"));
      co_await witness.entered.wait();
      co_await stream.reset_requests();
      while (site.server.statistics().handlers_running != 0) co_await sleep_for(1ms);
      CHECK(witness.reason == CancelReason::client_gone);
      CHECK(site.server.statistics().answers_dropped == 1);
      co_await send(stream, request("GET /", "Connection: close\r\n"));
      const std::string answer = co_await read_to_end(stream);
      CHECK(answer.ends_with("hello"));
      CHECK(site.server.statistics().connections_accepted == 1);
    });
  });
}

TEST_CASE("handlers that go on without their client hold its streams", "[http][h2][disconnect][limits][cleartext]") {
  for_each_sim_loop([](Loop& loop) {
    for (const OnDisconnect choice : {OnDisconnect::finish, OnDisconnect::detach}) {
      ServerOptions options;
      options.limits.h2.streams = 2;
      Witness witness;
      Router router;
      router.get("/work", [&] { return work(&witness, 30ms); }, {.on_disconnect = choice});
      router.get("/", [] { return "hello"; });
      with_routes(
          loop, router,
          [&](RouteSite& site) -> Task<> {
            ClientStream stream = co_await connect_h2(&site);
            co_await send(stream, request("GET /work") + request("GET /work"));
            co_await sleep_for(10ms);
            co_await stream.reset_requests();
            co_await sleep_for(1ms);
            CHECK(site.server.statistics().handlers_orphaned == 2);
            co_await send(stream, request("GET /"));
            std::string answer = co_await read_until(stream, "hello");
            CHECK(answer.empty() == (choice == OnDisconnect::finish));
            co_await stream.reset_requests();
            co_await sleep_for(30ms);
            CHECK(witness.finished);
            CHECK(site.server.statistics().handlers_orphaned == 0);
            co_await send(stream, request("GET /", "Connection: close\r\n"));
            answer = co_await read_to_end(stream);
            CHECK(answer.ends_with("hello"));
          },
          options);
    }
  });
}
