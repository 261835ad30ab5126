#include "disconnect_support.hpp"
#include "mixed_service.hpp"

#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <iterator>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_loop;
using loop_test::for_each_sim_loop;

namespace {

/// Works until it is told.
Task<std::string> wait_for(Witness* witness, Event* gate) {
  witness->entered.set();
  co_await gate->wait();
  witness->finished = true;
  co_return "done";
}

/// Handlers that read their body, after a pause.
void add_readers(Router& router, Duration pause, std::string& got, Error& error) {
  router.post(
      "/read",
      [pause, &got, &error](Body body) -> Task<std::string> {
        co_await sleep_for(pause);
        for (;;) {
          const Result<std::string_view> piece = co_await body.read();
          if (!piece) error = piece.error();
          if (!piece || piece->empty()) co_return "";
          got += *piece;
        }
      },
      finish);
  router.post(
      "/collect",
      [pause, &got, &error](Request& request, Body) -> Task<std::string> {
        co_await sleep_for(pause);
        const Result<void> collected = co_await request.collect();
        if (!collected) error = collected.error();
        if (collected) got = request.body();
        co_return "";
      },
      finish);
  router.post(
      "/collected",
      [&got](const Request& request) -> Task<std::string> {
        got = request.body();
        co_return "";
      },
      finish);
}

}  // namespace

TEST_CASE("a handler that finishes runs on when its client has left", "[http][disconnect]") {
  for_each_loop([](Loop& loop) {
    for (const OnDisconnect choice : {OnDisconnect::finish, OnDisconnect::detach}) {
      Witness witness;
      Event gate;
      Router router;
      router.post("/", [&] { return wait_for(&witness, &gate); }, {.on_disconnect = choice});
      with_routes(loop, router, [&](RouteSite& site) -> Task<> {
        co_await leave(&site, request("POST /"));
        while (site.server.statistics().handlers_orphaned == 0) co_await sleep_for(1ms);
        CHECK(!witness.finished);
        CHECK(site.server.statistics().handlers_running == 1);
        const std::uint64_t kept = choice == OnDisconnect::finish ? 1 : 0;
        while (site.server.statistics().connections_open != kept) co_await sleep_for(1ms);
        gate.set();
        while (site.server.statistics().handlers_orphaned != 0) co_await sleep_for(1ms);
        const ServerStatistics statistics = site.server.statistics();
        CHECK(witness.finished);
        CHECK(statistics.connections_open == 0);
        CHECK(statistics.handlers_running == 0);
        CHECK(statistics.answers_dropped == 1);
        CHECK(statistics.responses == 0);
      });
    }
  });
}

TEST_CASE("the descriptor of a client that left goes at once", "[http][disconnect]") {
  SimLoop loop;
  Witness witness;
  Router router;
  router.get("/", [&] { return work(&witness, 50ms); }, finish);
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    const auto before = loop.open_descriptors();
    co_await leave(&site, request("GET /"));
    co_await sleep_for(1ms);
    CHECK(loop.open_descriptors() == before);
    CHECK(site.server.statistics().connections_open == 1);
    co_await sleep_for(38ms);
    CHECK(!witness.finished);
    co_await sleep_for(2ms);
    CHECK(witness.finished);
  });
}

TEST_CASE("finish keeps the connection's place, detach gives it back", "[http][disconnect][limits][cleartext]") {
  for_each_sim_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.connections = 1;
    Witness witness;
    Router router;
    router.get("/finish", [&] { return work(&witness, 50ms); }, finish);
    router.get("/detach", [&] { return work(&witness, 50ms); }, detach);
    router.get("/", [] { return "hello"; });
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          const std::string ask = request("GET /", "Connection: close\r\n");
          co_await leave(&site, request("GET /finish"));
          co_await sleep_for(1ms);
          std::string answer = co_await site.ask(ask);
          CHECK(answer.starts_with("HTTP/1.1 503 "));
          co_await site.quiet();
          CHECK(witness.finished);
          answer = co_await site.ask(ask);
          CHECK(answer.starts_with("HTTP/1.1 200 "));
          co_await site.quiet();
          co_await leave(&site, request("GET /detach"));
          co_await sleep_for(1ms);
          answer = co_await site.ask(ask);
          CHECK(answer.starts_with("HTTP/1.1 200 "));
          CHECK(site.server.statistics().handlers_orphaned == 1);
        },
        options);
  });
}

TEST_CASE("requests of one connection keep its place together, each as its route says", "[http][disconnect]") {
  for_each_sim_loop([](Loop& loop) {
    Witness all[4];
    Router router;
    router.get("/cancel", [&] { return work(&all[0], 30ms); });
    router.get("/short", [&] { return work(&all[1], 30ms); }, finish);
    router.get("/long", [&] { return work(&all[2], 60ms); }, finish);
    router.get("/detach", [&] { return work(&all[3], 90ms); }, detach);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      std::string bytes;
      for (const std::string path : {"/cancel", "/long", "/short", "/detach"}) bytes += request("GET " + path);
      co_await leave(&site, bytes);
      co_await sleep_for(1ms);
      CHECK(site.server.statistics().handlers_orphaned == 3);
      CHECK(all[0].reason == CancelReason::client_gone);
      co_await sleep_for(29ms);
      CHECK(all[1].finished);
      CHECK(!all[2].finished);
      CHECK(site.server.statistics().connections_open == 1);
      co_await sleep_for(30ms);
      CHECK(all[2].finished);
      CHECK(site.server.statistics().connections_open == 0);
      CHECK(site.server.statistics().handlers_orphaned == 1);
      co_await sleep_for(30ms);
      CHECK(all[3].finished);
      CHECK(site.server.statistics().answers_dropped == 4);
    });
  });
}

TEST_CASE("what had arrived of a body can still be read, and the rest fails", "[http][disconnect][body]") {
  struct Case {
    std::string_view fields;
    std::string_view body;
    bool whole;
  };
  constexpr Case cases[] = {{"Content-Length: 10\r\n", "0123456789", true},
                            {"Content-Length: 10\r\n", "0123", false},
                            {"Transfer-Encoding: chunked\r\n", "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", true},
                            {"Transfer-Encoding: chunked\r\n", "4\r\n0123\r\n5\r\n", false},
                            {"Expect: 100-continue\r\nContent-Length: 10\r\n", "", false}};
  // How long the handler waits first: the client leaves while it reads, or before.
  for (const Duration pause : {Duration{0}, Duration{20ms}}) {
    for (const Case& each : cases) {
      for (const std::string_view path : {"/read", "/collect", "/collected"}) {
        CAPTURE(pause.count(), each.body, path);
        SimLoop loop;
        std::string got;
        Error error = Errc::unexpected;
        Router router;
        add_readers(router, pause, got, error);
        int failures = 0;
        router.on_error([&](const ErrorReport&) { ++failures; });
        with_routes(loop, router, [&](RouteSite& site) -> Task<> {
          const std::string line = "POST " + std::string{path};
          co_await leave(&site, request(line, each.fields, each.body), 10ms);
          co_await site.quiet();
          co_await sleep_for(50ms);
          CHECK(site.server.statistics().handlers_running == 0);
        });
        CHECK(failures == 0);
        if (each.whole) {
          CHECK(got == "0123456789");
          CHECK(error == Errc::unexpected);
        } else if (path == "/collected") {
          CHECK(got.empty());
        } else {
          CHECK(error == Errc::closed);
          CHECK(got == (path == "/read" && !each.body.empty() ? "0123" : ""));
        }
      }
    }
  }
}

TEST_CASE("a stream is cancelled and a session hears it, whatever their route says", "[http][disconnect][stream]") {
  for_each_sim_loop([](Loop& loop) {
    Witness stream;
    Witness session;
    Router router;
    router.get(
        "/stream",
        [&] {
          return Response::stream([&](BodyWriter& out) -> Task<> {
            co_await out.write("begin");
            auto working = work(&stream, 1h);
            (void)co_await std::move(working);
          });
        },
        finish);
    router.get(
        "/session",
        [&]() -> Task<Response> {
          co_return Response::upgrade("x", [&](Stream peer, std::string) -> Task<> {
            session.entered.set();
            std::byte bytes[16];
            const Result<std::size_t> count = co_await peer.read(bytes);
            session.finished = !count || *count == 0;
          });
        },
        detach);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      co_await leave(&site, request("GET /stream"));
      if (!over_h2()) co_await leave(&site, request("GET /session", "Connection: upgrade\r\nUpgrade: x\r\n"));
      co_await site.quiet();
      CHECK(stream.reason == CancelReason::client_gone);
      CHECK(session.finished == !over_h2());
      CHECK(site.server.statistics().handlers_orphaned == 0);
    });
  });
}

TEST_CASE("a handler behind a stream goes on when the stream is cut", "[http][disconnect][stream]") {
  for_each_sim_loop([](Loop& loop) {
    Witness stream;
    Witness behind;
    bool throws = false;
    Router router;
    router.get("/stream", [&] {
      return Response::stream([&](BodyWriter& out) -> Task<> {
        co_await out.write("begin");
        auto working = work(&stream, 20ms);
        (void)co_await std::move(working);
        if (throws) throw 7;
      });
    });
    router.get("/", [&] { return work(&behind, 50ms); }, finish);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      for (const bool broken : {false, true}) {
        throws = broken;
        behind.finished = stream.finished = false;
        co_await leave(&site, request("GET /stream") + request("GET /"), broken ? 30ms : 10ms);
        co_await sleep_for(1ms);
        CHECK(stream.finished == broken);
        CHECK(site.server.statistics().handlers_orphaned == 1);
        co_await site.quiet();
        CHECK(behind.finished);
      }
    });
  });
}

TEST_CASE("the answer of a handler without a client is not begun", "[http][disconnect][stream]") {
  SimLoop loop;
  int begun = 0;
  Router router;
  router.get(
      "/",
      [&]() -> Task<Response> {
        co_await sleep_for(50ms);
        co_return Response::stream([&](BodyWriter&) -> Task<> {
          ++begun;
          co_return;
        });
      },
      finish);
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    co_await leave(&site, request("GET /"));
    co_await site.quiet();
    CHECK(begun == 0);
    CHECK(site.server.statistics().answers_dropped == 1);
  });
}

TEST_CASE("a reset is a lost client, too", "[http][disconnect]") {
  for_each_loop([](Loop& loop) {
    Witness witness;
    Event gate;
    Router router;
    router.get("/", [&] { return wait_for(&witness, &gate); }, finish);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET /"));
      co_await witness.entered.wait();
      stream.reset();
      while (site.server.statistics().handlers_orphaned == 0) co_await sleep_for(1ms);
      gate.set();
      co_await site.quiet();
      CHECK(witness.finished);
      CHECK(site.server.statistics().responses == 0);
    });
  });
}

TEST_CASE("a stop waits for handlers whose client has left", "[http][disconnect][stop]") {
  for (const Duration grace : {Duration{10s}, Duration{30ms}, Duration{0}}) {
    for (const OnDisconnect choice : {OnDisconnect::finish, OnDisconnect::detach}) {
      SimLoop loop;
      Witness witness;
      Router router;
      router.get("/", [&] { return work(&witness, 50ms); }, {.on_disconnect = choice});
      with_routes(loop, router, [&](RouteSite& site) -> Task<> {
        co_await leave(&site, request("GET /"));
        const TimePoint start = loop.now();
        site.listener.stop();
        co_await site.server.stop(grace);
        const bool enough = grace > 40ms;
        CHECK(loop.now() - start == (enough ? Duration{40ms} : grace));
        CHECK(witness.finished == enough);
        CHECK(witness.reason == (enough ? CancelReason::none : CancelReason::shutdown));
        CHECK(site.server.statistics().answers_dropped == 1);
      });
    }
  }
}

TEST_CASE("a client that leaves while the server stops", "[http][disconnect][stop]") {
  for_each_sim_loop([](Loop& loop) {
    Witness witness;
    Router router;
    router.get("/", [&] { return work(&witness, 50ms); }, finish);
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(leave(&site, request("GET /"), 20ms));
      co_await witness.entered.wait();
      const TimePoint start = loop.now();
      site.listener.stop();
      co_await site.server.stop(10s);
      CHECK(loop.now() - start == 50ms);
      CHECK(witness.finished);
      co_await scope.join();
    });
  });
}

TEST_CASE("deadlines hold without a client", "[http][disconnect][deadline]") {
  for (const OnDisconnect choice : {OnDisconnect::finish, OnDisconnect::detach}) {
    SimLoop loop;
    Witness witness;
    Router router;
    router.get("/", [&] { return work(&witness, 1h); }, {.handler = 30ms, .on_disconnect = choice});
    router.get("/late",
               [&](Request& request) -> Task<std::string> {
                 co_await sleep_for(20ms);
                 request.limit_deadline(5ms);
                 request.limit_deadline(7ms);
                 auto working = work(&witness, 1h);
                 co_return co_await std::move(working);
               },
               {.on_disconnect = choice});
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      for (const std::string path : {"/", "/late"}) {
        witness.reason = CancelReason::none;
        const TimePoint start = loop.now();
        co_await leave(&site, request("GET " + path));
        while (site.server.statistics().handlers_running != 0) co_await sleep_for(1ms);
        CHECK(loop.now() - start >= (path == "/" ? 30ms : 25ms));
        CHECK(loop.now() - start <= (path == "/" ? 31ms : 26ms));
        CHECK(witness.reason == CancelReason::deadline);
      }
      CHECK(site.server.statistics().answers_dropped == 2);
      CHECK(site.server.statistics().responses == 0);
    });
  }
}

TEST_CASE("a handler that is late when its client leaves is waited for", "[http][disconnect][deadline]") {
  for_each_sim_loop([](Loop& loop) {
    Router router;
    router.get("/",
               []() -> Task<std::string> {
                 co_await mixed::StubbornSleep{50ms};
                 co_return "late";
               },
               {.handler = 20ms, .on_disconnect = OnDisconnect::finish});
    with_routes(loop, router, [&](RouteSite& site) -> Task<> {
      {
        ClientStream stream = co_await site.connect();
        co_await send(stream, request("GET /"));
        const std::string answer = co_await read_until(stream, "\r\n\r\n");
        CHECK(answer.starts_with("HTTP/1.1 503 "));
      }
      co_await sleep_for(1ms);
      CHECK(site.server.statistics().connections_open == 1);
      CHECK(site.server.statistics().handlers_orphaned == 1);
      co_await site.quiet();
      CHECK(site.server.statistics().responses == 1);
      CHECK(site.server.statistics().answers_dropped == 1);
    });
  });
}

TEST_CASE("what a handler without a client can still ask for", "[http][disconnect]") {
  SimLoop loop;
  bool informed = true;
  std::string seen;
  std::string heard;
  Router router;
  router.on_error([&](const ErrorReport& report) { heard = report.text; });
  router.get(
      "/{name}",
      [&](Request& request, Path<std::string_view> name) -> Task<std::string> {
        co_await sleep_for(20ms);
        informed = request.inform(Status::early_hints);
        seen = std::string{*name} + " " + std::string{request.header("x-mark")};
        throw std::runtime_error{"nobody hears it but the hook"};
      },
      detach);
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    co_await leave(&site, request("GET /ann", "X-Mark: m\r\n"));
    co_await sleep_for(20ms);
    CHECK(!informed);
    CHECK(seen == "ann m");
    CHECK(heard == "nobody hears it but the hook");
    CHECK(site.server.statistics().handlers_orphaned == 0);
  });
}
