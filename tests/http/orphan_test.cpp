#include "disconnect_support.hpp"

#include <gyre/loop/shield.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <utility>

using namespace gyre;
using namespace gyre::test;
using loop_test::for_each_sim_loop;

namespace {

struct Parking {
  std::coroutine_handle<> parked;
};

/// Parks a task until somebody resumes it from anywhere.
struct Park {
  explicit Park(Parking& where) noexcept : parking(&where) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) noexcept { parking->parked = handle; }
  void await_resume() const noexcept {}
  Parking* parking;
};

/// Resumes who is parked when it is destroyed.
class ResumeAtEnd {
 public:
  explicit ResumeAtEnd(Parking& parking) noexcept : parking_(&parking) {}
  ResumeAtEnd(ResumeAtEnd&& other) noexcept : parking_(std::exchange(other.parking_, nullptr)) {}
  ResumeAtEnd& operator=(ResumeAtEnd&&) = delete;
  ~ResumeAtEnd() {
    if (parking_ != nullptr && parking_->parked) std::exchange(parking_->parked, {}).resume();
  }

 private:
  Parking* parking_;
};

}  // namespace

TEST_CASE("the end of one handler without a client ends another, and the stop is over once",
          "[http][disconnect][stop]") {
  SimLoop loop;
  Parking parking;
  Router router;
  router.get(
      "/parked",
      [&]() -> Task<std::string> {
        co_await Park{parking};
        co_return "";
      },
      detach);
  router.get(
      "/resumes",
      [&](Request& request) -> Task<std::string> {
        request.extensions().set(ResumeAtEnd{parking});
        co_await sleep_for(50ms);
        co_return "";
      },
      detach);
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    {
      ClientStream stream = co_await site.connect();
      co_await send(stream, request("GET /parked") + request("GET /resumes"));
      co_await sleep_for(10ms);
      stream.reset();
    }
    co_await sleep_for(1ms);
    CHECK(site.server.statistics().handlers_orphaned == 2);
    const TimePoint start = loop.now();
    site.listener.stop();
    co_await site.server.stop(10s);
    CHECK(loop.now() - start == 39ms);
    CHECK(site.server.statistics().handlers_orphaned == 0);
    CHECK(site.server.statistics().answers_dropped == 2);
    // What was scheduled once too often would come now.
    co_await sleep_for(1ms);
  });
}

TEST_CASE("a place is kept until the connection has gone, too", "[http][disconnect][limits][cleartext]") {
  for_each_sim_loop([](Loop& loop) {
    ServerOptions options;
    options.limits.connections = 1;
    Witness witness;
    Router router;
    router.get("/finish", [&] { return work(&witness, 30ms); }, finish);
    router.get("/unwinds", []() -> Task<std::string> {
      bool cancelled = false;
      try {
        co_await sleep_for(1h);
      } catch (const Cancelled&) {
        cancelled = true;
      }
      if (!cancelled) co_return "";
      auto unwinding = shield(1h, sleep_for(90ms));
      (void)co_await std::move(unwinding);
      throw Cancelled{};
    });
    router.get("/", [] { return "hello"; });
    with_routes(
        loop, router,
        [&](RouteSite& site) -> Task<> {
          const std::string ask = request("GET /", "Connection: close\r\n");
          co_await leave(&site, request("GET /finish") + request("GET /unwinds"));
          co_await sleep_for(50ms);
          CHECK(witness.finished);
          CHECK(site.server.statistics().connections_open == 1);
          std::string answer = co_await site.ask(ask);
          CHECK(answer.starts_with("HTTP/1.1 503 "));
          co_await sleep_for(49ms);
          CHECK(site.server.statistics().handlers_running == 0);
          CHECK(site.server.statistics().connections_open == 0);
          answer = co_await site.ask(ask);
          CHECK(answer.starts_with("HTTP/1.1 200 "));
        },
        options);
  });
}

TEST_CASE("what a handler without a client throws is told as with one", "[http][disconnect]") {
  SimLoop loop;
  std::vector<std::string> heard;
  Router router;
  router.on_error([&](const ErrorReport& report) { heard.emplace_back(report.request.path()); });
  const auto read_and_throw = [](Errc error) {
    return [error](Body body) -> Task<std::string> {
      for (;;) {
        const Result<std::string_view> piece = co_await body.read();
        if (!piece || piece->empty()) break;
      }
      throw Failure{error};
      co_return "";
    };
  };
  const auto cancel_itself = [](CancelReason reason) {
    return [reason](Request& asked) -> Task<std::string> {
      co_await sleep_for(20ms);
      if (reason != CancelReason::none) asked.context().cancel(reason);
      throw Cancelled{};
      co_return "";
    };
  };
  router.post("/refused", read_and_throw(Errc::connection_refused), finish);
  router.post("/closed", read_and_throw(Errc::closed), finish);
  router.get("/none", cancel_itself(CancelReason::none), finish);
  router.get("/shed", cancel_itself(CancelReason::shed), finish);
  with_routes(loop, router, [&](RouteSite& site) -> Task<> {
    for (const std::string path : {"/refused", "/closed"}) {
      co_await leave(&site, request("POST " + path, "Content-Length: 10\r\n", "0123"));
    }
    for (const std::string path : {"/none", "/shed"}) co_await leave(&site, request("GET " + path));
    co_await site.quiet();
    CHECK(site.server.statistics().answers_dropped == 4);
  });
  CHECK(heard == std::vector<std::string>{"/refused", "/none"});
}
