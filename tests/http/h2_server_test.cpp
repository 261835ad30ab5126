// HTTP/2 connections of a server where time, other streams or an end come between.

#include "h2_client.hpp"

#include <gyre/loop/shield.hpp>

#include <catch2/catch.hpp>

#include <deque>

using namespace gyre;
using namespace gyre::test;
using namespace h2_test;

namespace {

/// Waits for a 100 before it sends its body. (g++ 12 takes no list in a co_await expression.)
std::string expecting_post(std::uint32_t stream, std::string_view path) {
  return post(stream, path, {{"expect", "100-continue"}});
}

/// Collects its body after a while.
void add_late_reader(Router& router, Error& error) {
  router.post("/late", [&error](Request& request, Body) -> Task<std::string> {
    co_await sleep_for(20ms);
    const Result<void> collected = co_await request.collect();
    if (!collected) error = collected.error();
    collected.value();
    co_return std::to_string(request.body().size());
  });
}

/// Has a second, and takes fifty whatever happens.
void add_stubborn(Router& router) {
  router.get("/stubborn",
             [](Request&) -> Task<std::string> {
               auto working = shield(1h, sleep_for(50s));
               (void)co_await std::move(working);
               co_return "late";
             },
             {.handler = 1s});
}

Task<std::string> wait_for(Event* gate) {
  co_await gate->wait();
  co_return "done";
}

/// Keeps a loop busy for some turns.
struct Chore : Work {
  explicit Chore(Loop& owner) noexcept : Work(&Chore::step), loop(&owner) {}
  static void step(Work& work) noexcept {
    auto& self = static_cast<Chore&>(work);
    if (--self.left != 0) self.loop->schedule(self);
  }
  Loop* loop;
  int left = 10;
};

}  // namespace

TEST_CASE("a handler that takes up its body late gets it: the client hears that it may send", "[http][h2]") {
  SimLoop loop;
  Router router;
  Error error = Errc::unexpected;
  add_late_reader(router, error);
  with_h2_client(loop, router, [](RouteSite&, H2Client& client) -> Task<> {
    co_await client.say(wide_preface() + expecting_post(1, "/late") + post(3, "/late"));
    for (int i = 0; i != 16; ++i) co_await client.say(data(3, std::string(16 * 1024, 'b'), 0));
    co_await sleep_for(10ms);
    CHECK(!client.heard("HEADERS 1"));
    CHECK(!client.heard("WINDOW_UPDATE 3"));
    co_await sleep_for(20ms);
    CHECK(client.heard("HEADERS 1"));
    CHECK(client.heard("WINDOW_UPDATE 3"));
    co_await client.say(data(1, "body") + data(3, "more"));
    co_await sleep_for(1ms);
    CHECK(client.body(1) == "4");
    CHECK(client.body(3) == "262148");
  });
}

TEST_CASE("a client that ends its side gets the rest of an answer that is written already", "[http][h2][half_close]") {
  SimLoop loop;
  Router router;
  router.get("/", [] { return std::string(75'000, 'l'); });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    const std::unique_ptr<H2Client> client = co_await connect_h2(site.listener.endpoint());
    co_await client->say(wide_preface() + get(1));
    co_await sleep_for(1ms);  // more than the connection holds is on its way
    co_await client->half_close();
    co_await sleep_for(1ms);
    co_await client->listen();
    CHECK(!client->was_reset);
    CHECK(client->body(1).size() == 75'000);
    co_await site.quiet();
  });
}

TEST_CASE("a client that ends its side in the middle of a body is told at once", "[http][h2][half_close]") {
  SimLoop loop;
  Router router;
  Error error = Errc::unexpected;
  add_late_reader(router, error);
  router.post("/now", [](const Request& asked) { return std::string{asked.body()}; });
  ServerOptions options;
  options.half_close = HalfClose::served;
  with_h2_client(
      loop, router,
      [&](RouteSite& site, H2Client& client) -> Task<> {
        co_await client.say(wide_preface() + post(1, "/late") + data(1, "half", 0) + post(3, "/now") +
                            data(3, "half", 0));
        co_await sleep_for(1ms);
        co_await client.half_close();
        co_await sleep_for(100ms);
        CHECK(error.code() == Errc::closed);
        CHECK(client.body(1).find("\"status\":400") != std::string::npos);
        CHECK(client.body(3).find("\"status\":400") != std::string::npos);
        CHECK(client.has_ended);
        co_await site.quiet();
      },
      options);
}

TEST_CASE("requests of a client that sends all at once and ends its side are answered", "[http][h2][half_close]") {
  SimLoop loop;
  Router router;
  router.get("/", [] { return "hello"; });
  with_h2_client(loop, router, [](RouteSite& site, H2Client& client) -> Task<> {
    co_await client.say(wide_preface() + get(1));
    co_await client.half_close();
    co_await sleep_for(1ms);
    CHECK(client.body(1) == "hello");
    CHECK(client.has_ended);
    CHECK(!client.was_reset);
    co_await site.quiet();
  });
}

TEST_CASE("the end of an answer waits for a window no longer than the rest of it", "[http][h2]") {
  SimLoop loop;
  Router router;
  router.get("/", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      co_await out.write("half");
      co_await sleep_for(1ms);
    });
  });
  const std::string asked = preface({{initial_window_size, 4}}) + get(1);
  with_h2_client(loop, router, [&](RouteSite&, H2Client& client) -> Task<> {
    co_await client.say(asked);
    co_await sleep_for(29s);
    CHECK(client.body(1) == "half");
    CHECK(!client.heard("RST_STREAM 1 8"));
    co_await sleep_for(2s);
    CHECK(client.heard("RST_STREAM 1 8"));
  });
}

// nghttp2 drops the acknowledgement of the settings then, so that no send follows.
TEST_CASE("a client that goes with its first frames is not kept", "[http][h2]") {
  SimLoop loop;
  Router router;
  with_h2_client(loop, router, [](RouteSite& site, H2Client& client) -> Task<> {
    co_await client.say(std::string{wire::h2_preface});
    co_await sleep_for(1ms);
    co_await client.say(settings() + goaway(0, 0));
    co_await sleep_for(1ms);
    CHECK(client.has_ended);
    CHECK(!client.was_reset);
    client.stream().close();
    co_await site.quiet();
  });
}

TEST_CASE("a connection that breaks the protocol while handlers are at work hears why", "[http][h2]") {
  SimLoop loop;
  Router router;
  Event gate;
  router.get("/gate", [&] { return wait_for(&gate); });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    const std::unique_ptr<H2Client> client = co_await connect_h2(site.listener.endpoint());
    co_await client->say(wide_preface() + get(1, "/gate"));
    co_await sleep_for(1ms);
    co_await client->say(window_update(0, 0));
    co_await sleep_for(1ms);
    co_await client->listen();
    CHECK(client->heard("GOAWAY 1 1"));
    CHECK(!client->was_reset);
    CHECK(site.server.statistics().connections_open == 1);  // no reset overtakes that
    client->stream().close();
    co_await site.quiet();
  });
}

TEST_CASE("a handler that runs on without its client keeps its place among the streams", "[http][h2][disconnect]") {
  for (const OnDisconnect choice : {OnDisconnect::cancel, OnDisconnect::finish}) {
    SimLoop loop;
    Router router;
    Event gate;
    router.get("/gate",
               [&]() -> Task<std::string> {
                 auto waiting = shield(1h, wait_for(&gate));
                 const Result<std::string> done = co_await std::move(waiting);
                 co_return done.value();
               },
               {.on_disconnect = choice});
    router.get("/", [] { return "hello"; });
    ServerOptions options;
    options.limits.h2.streams = 2;
    with_h2_client(
        loop, router,
        [&](RouteSite& site, H2Client& client) -> Task<> {
          co_await client.say(wide_preface() + get(1, "/gate") + get(3, "/gate"));
          co_await sleep_for(1ms);
          co_await client.say(rst_stream(1, 8) + rst_stream(3, 8) + get(5) + get(7));
          co_await sleep_for(1ms);
          CHECK(client.heard("RST_STREAM 5 7"));
          CHECK(client.heard("RST_STREAM 7 7"));
          CHECK(site.server.statistics().handlers_running == 2);
          gate.set();
          co_await sleep_for(1ms);
          CHECK(site.server.statistics().handlers_running == 0);
          co_await client.say(get(9) + get(11));
          co_await sleep_for(1ms);
          CHECK(client.body(9) == "hello");
          CHECK(client.body(11) == "hello");
        },
        options);
  }
}

TEST_CASE("a connection may end before the handlers that run on without their client", "[http][h2][disconnect]") {
  SimLoop loop;
  Router router;
  Event gate;
  router.get("/gate", [&] { return wait_for(&gate); }, {.on_disconnect = OnDisconnect::finish});
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    const std::unique_ptr<H2Client> client = co_await connect_h2(site.listener.endpoint());
    co_await client->say(wide_preface() + get(1, "/gate") + get(3, "/gate") + get(5, "/gate"));
    co_await sleep_for(1ms);
    co_await client->say(rst_stream(1, 8));
    co_await sleep_for(1ms);
    client->stream().reset();
    co_await sleep_for(1ms);
    CHECK(site.server.statistics().handlers_orphaned == 3);
    CHECK(site.server.statistics().connections_open == 1);
    gate.set();
    co_await site.quiet();
    CHECK(site.server.statistics().handlers_running == 0);
  });
}

TEST_CASE("a flush waits for no other stream", "[http][h2][stream]") {
  SimOptions world;
  world.bandwidth = 10'000'000;
  SimLoop loop{world};
  Router router;
  bool flushed = false;
  router.get("/endless", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      const std::string piece(64 * 1024, 'e');
      for (;;) co_await out.write(piece);
    });
  });
  router.get("/flush", [&] {
    return Response::stream([&](BodyWriter& out) -> Task<> {
      co_await out.write("text");
      co_await out.flush();
      flushed = true;
    });
  });
  with_h2_client(loop, router, [&](RouteSite&, H2Client& client) -> Task<> {
    co_await client.say(wide_preface() + get(1, "/endless") + get(3, "/flush"));
    co_await sleep_for(100ms);
    CHECK(client.body(3) == "text");
    CHECK(flushed);
    CHECK(client.heard("DATA 3 0 END_STREAM"));
  });
}

TEST_CASE("bytes of bodies that arrived before they were collected count, too", "[http][h2][limits]") {
  SimLoop loop;
  Router router;
  Error error = Errc::unexpected;
  add_late_reader(router, error);
  ServerOptions options;
  options.limits.collected = 10'000;
  with_h2_client(
      loop, router,
      [&](RouteSite&, H2Client& client) -> Task<> {
        co_await client.say(wide_preface());
        for (const std::uint32_t stream : {1U, 3U}) {
          co_await client.say(post(stream, "/late") + data(stream, std::string(8'000, 'b'), 0));
        }
        co_await sleep_for(30ms);
        CHECK(error.code() == Errc::limit_exceeded);
        CHECK(client.body(3).find("\"status\":503") != std::string::npos);
        co_await client.say(data(1, "end"));
        co_await sleep_for(30ms);
        CHECK(client.body(1) == "8003");
        co_await client.say(post(5, "/late") + data(5, std::string(8'000, 'b')));
        co_await sleep_for(30ms);
        CHECK(client.body(5) == "8000");
      },
      options);
}

TEST_CASE("a request that was taken back gets no answer when its time is over", "[http][h2][deadline]") {
  SimLoop loop;
  Router router;
  add_stubborn(router);
  with_h2_client(loop, router, [](RouteSite& site, H2Client& client) -> Task<> {
    co_await client.say(wide_preface() + get(1, "/stubborn"));
    co_await sleep_for(1ms);
    co_await client.say(rst_stream(1, 8));
    co_await sleep_for(2s);
    CHECK(site.server.statistics().responses == 0);
    CHECK(site.server.statistics().handlers_running == 1);
    co_await sleep_for(50s);
    CHECK(site.server.statistics().answers_dropped == 1);
    CHECK(site.server.statistics().handlers_running == 0);
  });
}

TEST_CASE("a handler that is late keeps no connection from ending", "[http][h2][deadline]") {
  SimLoop loop;
  Router router;
  add_stubborn(router);
  with_h2_client(loop, router, [](RouteSite& site, H2Client& client) -> Task<> {
    co_await client.say(wide_preface() + get(1, "/stubborn"));
    co_await sleep_for(2s);
    CHECK(client.body(1).find("\"status\":503") != std::string::npos);
    Context& context = co_await this_context();
    Scope scope{context};
    scope.spawn(site.server.stop(1h));
    co_await sleep_for(1s);
    CHECK(client.has_ended);
    CHECK(!client.was_reset);
    CHECK(site.server.statistics().handlers_running == 1);
    co_await scope.join();
    CHECK(site.server.statistics().handlers_running == 0);
  });
}

TEST_CASE("streams that the server breaks off are not held against the client", "[http][h2][stream]") {
  SimLoop loop;
  Router router;
  router.get("/break", [] {
    return Response::stream([](BodyWriter&) -> Task<> {
      throw 7;
      co_return;
    });
  });
  router.get("/", [] { return "hello"; });
  ServerOptions options;
  options.limits.h2.glitches = {.burst = 4, .per_second = 0};
  with_h2_client(
      loop, router,
      [](RouteSite&, H2Client& client) -> Task<> {
        co_await client.say(wide_preface());
        for (std::uint32_t stream = 1; stream < 21; stream += 2) co_await client.say(get(stream, "/break"));
        co_await client.say(get(21));
        co_await sleep_for(1ms);
        CHECK(client.heard("RST_STREAM 1 2"));
        CHECK(client.heard("RST_STREAM 19 2"));
        CHECK(client.body(21) == "hello");
      },
      options);
}

TEST_CASE("a stop takes along a connection that is just becoming one of HTTP/2", "[http][h2][stop]") {
  for (int turns = 0; turns != 12; ++turns) {
    CAPTURE(turns);
    SimLoop loop;
    loop.run([](Loop& on, int between) -> Task<> {
      Router router;
      router.get("/", [] { return "hello"; });
      Server server{on, router};
      Listener listener{on};
      listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
      const std::unique_ptr<H2Client> client = co_await connect_h2(listener.endpoint());
      Result<Stream> accepted = co_await listener.accept();
      server.serve(std::move(accepted).value());
      Context& context = co_await this_context();
      Scope scope{context};
      scope.spawn(client->listen());
      co_await client->say(wide_preface() + get(1));
      for (int i = 0; i != between; ++i) co_await next_turn();
      const TimePoint start = on.now();
      co_await server.stop(1h);
      CHECK(on.now() - start < 5s);
      if (server.statistics().requests != 0) CHECK(client->body(1) == "hello");
      scope.cancel();
      co_await scope.join();
      co_await listener.close();
    }(loop, turns));
  }
}

TEST_CASE("a GOAWAY that has to wait names what was served meanwhile", "[http][h2][stop]") {
  SimLoop loop;
  Router router;
  router.get("/", [] { return "hello"; });
  router.get("/large", [] { return std::string(300'000, 'l'); });
  with_routes(loop, router, [](RouteSite& site) -> Task<> {
    Context& context = co_await this_context();
    const std::unique_ptr<H2Client> client = co_await connect_h2(site.listener.endpoint());
    co_await client->say(wide_preface() + get(1, "/large"));
    co_await sleep_for(1ms);  // it takes nothing more
    Scope scope{context};
    scope.spawn(site.server.stop(1h));
    co_await sleep_for(200ms);
    co_await client->say(get(3));
    co_await sleep_for(1ms);
    co_await client->listen();
    CHECK(site.server.statistics().requests == 2);
    CHECK(client->body(1).size() == 300'000);
    CHECK(client->heard("GOAWAY 3 0"));
    CHECK(client->body(3) == "hello");
    client->stream().close();
    co_await scope.join();
  });
}

TEST_CASE("what a busy server is sent while it takes over for HTTP/2 keeps its order", "[http][h2]") {
  for (int turns = 0; turns != 8; ++turns) {
    CAPTURE(turns);
    SimLoop loop;
    Router router;
    router.get("/", [] { return "hello"; });
    with_h2_client(loop, router, [&loop, turns](RouteSite&, H2Client& client) -> Task<> {
      std::deque<Chore> chores;
      for (int i = 0; i != 2'000; ++i) loop.schedule(chores.emplace_back(loop));
      const std::string bytes = wide_preface() + get(1);
      co_await client.say(bytes.substr(0, 24));
      for (int i = 0; i != turns; ++i) co_await next_turn();
      co_await client.say(bytes.substr(24));
      co_await sleep_for(1ms);
      CHECK(chores.front().left == 0);
      CHECK(client.body(1) == "hello");
    });
  }
}
