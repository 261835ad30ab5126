#include "service_support.hpp"

#include <gyre/loop/yield.hpp>

#include <string>

using namespace gyre;
using namespace std::chrono_literals;
using service_test::Asked;
using service_test::Seen;
using service_test::with;

TEST_CASE("a streamed answer of a service comes in pieces, or collected", "[compat][service]") {
  Asked asked;
  asked.app.get("/stream", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      co_await out.write("one ");
      co_await sleep_for(1s);
      co_await out.write("two ");
      co_await out.flush();
      co_await out.write("three");
      out.add_trailer("X-Sum", "11");
    });
  });
  asked.app.get("/length",
                [] { return Response::stream(4, [](BodyWriter& out) -> Task<> { co_await out.write("four"); }); });
  Seen seen;
  Seen counted;
  asked.run([&](CallbackService& service) -> Task<> {
    service.ask({.target = "/stream"}, seen.callbacks(asked.loop));
    service.ask({.target = "/length"}, counted.callbacks(asked.loop));
    co_await sleep_for(500ms);
    CHECK(seen.pieces == "one ");
    CHECK(seen.answers == 0);
  });
  CHECK(seen.pieces == "one two three");
  CHECK(seen.heads == 1);
  CHECK(seen.answers == 1);
  CHECK(seen.answer.complete);
  CHECK(seen.answer.body.empty());
  CHECK(!seen.answer.length);
  REQUIRE(seen.answer.trailers.size() == 1);
  CHECK(seen.answer.trailers[0].value == "11");
  CHECK(counted.pieces == "four");
  CHECK(counted.answer.length == 4);

  const ServiceAnswer answer = asked.get("/stream");
  CHECK(answer.body == "one two three");
  CHECK(asked.ask({.method = "HEAD", .target = "/length"}).length == 4);
}

TEST_CASE("a stream that throws before its task is there is not taken for a whole one", "[compat][service]") {
  Asked asked;
  int told = 0;
  asked.app.on_error([&](const ErrorReport&) { ++told; });
  asked.app.get("/",
                [] { return Response::stream([](BodyWriter&) -> Task<> { throw std::runtime_error{"no task"}; }); });
  Seen seen;
  asked.run([&](CallbackService& service) -> Task<> {
    service.ask({}, seen.callbacks(asked.loop));
    co_await sleep_for(1ms);
  });
  CHECK(seen.heads == 1);
  CHECK(seen.answers == 1);
  CHECK_FALSE(seen.answer.complete);
  CHECK(asked.get("/").status == Status::internal_server_error);
  CHECK(told == 2);
}

TEST_CASE("a stream that breaks is not taken for a whole one", "[compat][service]") {
  Asked asked{{.collected = 100}};
  int told = 0;
  asked.app.on_error([&](const ErrorReport&) { ++told; });
  asked.app.get("/throws", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      co_await out.write("half");
      throw std::runtime_error{"x"};
    });
  });
  asked.app.get("/short",
                [] { return Response::stream(10, [](BodyWriter& out) -> Task<> { co_await out.write("half"); }); });
  asked.app.get("/long", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      for (;;) co_await out.write("0123456789");
    });
  });
  Seen throws;
  Seen ends;
  asked.run([&](CallbackService& service) -> Task<> {
    service.ask({.target = "/throws"}, throws.callbacks(asked.loop));
    service.ask({.target = "/short"}, ends.callbacks(asked.loop));
    co_await sleep_for(1ms);
  });
  CHECK(throws.pieces == "half");
  CHECK_FALSE(throws.answer.complete);
  CHECK(throws.answer.status == Status::ok);
  CHECK_FALSE(ends.answer.complete);
  CHECK(told == 1);
  CHECK(asked.get("/throws").status == Status::internal_server_error);
  CHECK(asked.get("/short").status == Status::internal_server_error);
  CHECK(asked.get("/long").status == Status::internal_server_error);
}

TEST_CASE("who writes without end lets the loop go on", "[compat][service]") {
  Asked asked{with(&Limits::output, std::size_t{1000})};
  asked.app.get("/", [] {
    return Response::stream([](BodyWriter& out) -> Task<> {
      for (;;) co_await out.write("0123456789");
    });
  });
  Seen seen;
  asked.run([&](CallbackService& service) -> Task<> {
    const AskHandle handle = service.ask({}, seen.callbacks(asked.loop));
    for (int turn = 0; turn < 20; ++turn) co_await next_turn();
    CHECK(seen.pieces.size() >= 5000);
    handle.cancel();
  });
  CHECK(seen.answers == 1);
  CHECK(seen.answer.status == Status::client_closed_request);
}

TEST_CASE("a handle that is cancelled is a client that left", "[compat][service][cancel]") {
  Asked asked;
  CancelReason reason = CancelReason::none;
  bool finished = false;
  const auto wait = [&](Request& request) -> Task<std::string> {
    try {
      co_await sleep_for(5s);
      finished = true;
    } catch (const Cancelled&) {
      reason = request.context().reason();
    }
    co_return "x";
  };
  asked.app.get("/cancel", wait);
  asked.app.get("/finish", wait, {.on_disconnect = OnDisconnect::finish});
  asked.app.get("/quick", [] { return "x"; });
  Seen seen;
  AskHandle kept;
  SECTION("its handler is cancelled") {
    asked.run([&](CallbackService& service) -> Task<> {
      kept = service.ask({.target = "/cancel"}, seen.callbacks(asked.loop));
      co_await sleep_for(1s);
      kept.cancel();
      kept.cancel();
    });
    CHECK(reason == CancelReason::client_gone);
    CHECK(seen.when == TimePoint{} + 1s);
    CHECK(seen.answer.status == Status::client_closed_request);
    CHECK_FALSE(seen.answer.complete);
  }
  SECTION("or runs to its end") {
    asked.run([&](CallbackService& service) -> Task<> {
      kept = service.ask({.target = "/finish"}, seen.callbacks(asked.loop));
      co_await sleep_for(1s);
      kept.cancel();
    });
    CHECK(finished);
    CHECK(seen.answer.status == Status::client_closed_request);
  }
  SECTION("before it has arrived") {
    asked.run([&](CallbackService& service) -> Task<> {
      kept = service.ask({.target = "/cancel"}, seen.callbacks(asked.loop));
      kept.cancel();
      co_return;
    });
    CHECK(seen.answer.status == Status::client_closed_request);
  }
  SECTION("after its answer") {
    asked.run([&](CallbackService& service) -> Task<> {
      kept = service.ask({.target = "/quick"}, seen.callbacks(asked.loop));
      co_await sleep_for(1s);
      kept.cancel();
    });
    CHECK(seen.answer.status == Status::ok);
  }
  CHECK(seen.answers == 1);
  kept.cancel();  // the service is gone
}

TEST_CASE("a service has no connection to hand over", "[compat][service]") {
  Asked asked;
  asked.app.get("/", [] { return Response::upgrade("chat", [](Stream, std::string) -> Task<> { co_return; }); });
  const ServiceAnswer answer = asked.get("/");
  CHECK(answer.status == Status::upgrade_required);
  CHECK(answer.field("upgrade") == "chat");
}
