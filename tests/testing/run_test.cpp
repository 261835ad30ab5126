#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace gyre;
using namespace gyre::testing;
using namespace std::chrono_literals;

namespace {

/// What a program is told by its environment, for the time of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  Variable(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

struct Broken {};

Task<> nothing(Client&) { co_return; }

}  // namespace

TEST_CASE("what the body throws passes through, and the app has ended", "[testing]") {
  int stops = 0;
  App app;
  app.on_stop([&](Loop&) { ++stops; });
  app.get("/", [] { return "hello"; });
  const auto fail = [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/");
    if (answer.body() == "hello") throw Broken{};
  };
  int runs = 0;
  for_each_transport([&](Transport transport) {
    Options options;
    options.transport = transport;
    CHECK_THROWS_AS(run(app, fail, options), Broken);
    CHECK(stops == ++runs);
  });
  CHECK_THROWS_AS(run_everywhere(app, fail), Broken);
}

TEST_CASE("what a start hook throws ends the run", "[testing]") {
  App app;
  app.on_start([](Loop&) { throw std::runtime_error{"no database"}; });
  CHECK_THROWS_WITH(run(app, nothing), "no database");
}

TEST_CASE("an app runs on virtual time", "[testing]") {
  App app;
  app.get("/tea/{minutes}", [](Path<int> minutes) -> Task<std::string> {
    const std::chrono::minutes length{*minutes};
    co_await sleep_for(length);
    co_return "tea";
  });
  Options options;
  options.server.limits.handler = 1h;
  const auto drink = [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/tea/30");
    CHECK(answer.body() == "tea");
    CHECK(answer.elapsed() == 30min);
    const Answer late = co_await client.get("/tea/61");
    CHECK(late.status() == Status::service_unavailable);
    CHECK(late.elapsed() == 1h);
  };
  run(app, drink, options);
  run_seeds(app, 20, drink, options);
}

TEST_CASE("a deadlock fails and tells what was there", "[testing]") {
  App app;
  app.get("/", [] { return "hello"; });
  Event never;
  CHECK_THROWS_WITH(run(app,
                        [&](Client& client) -> Task<> {
                          const Answer answer = co_await client.get("/");
                          CHECK(answer.body() == "hello");
                          co_await never.wait();
                        }),
                    Catch::Contains("deadlock") && Catch::Contains("at 60.000000 s of virtual time") &&
                        Catch::Contains("armed operations: 1"));

  // A handler without a limit that waits for what nobody does.
  app.get("/stuck", [&]() -> Task<std::string> {
    co_await never.wait();
    co_return "";
  });
  App stuck;
  stuck.get("/stuck", [&]() -> Task<std::string> {
    co_await never.wait();
    co_return "";
  });
  Options options;
  options.server.limits.handler = Duration::max();
  const auto ask = [](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/stuck");
    CHECK(answer.status() == Status::ok);
  };
  CHECK_THROWS_AS(run(stuck, ask, options), testing::Deadlock);
}

TEST_CASE("a leak fails and is named", "[testing]") {
  App app;
  SECTION("a descriptor") {
    CHECK_THROWS_WITH(run(app,
                          [](Client& client) -> Task<> {
                            Connection connection = co_await client.connect();
                            (void)connection.stream().release();
                          }),
                      Catch::Contains("left something behind") && Catch::Contains("open descriptors: 1"));
  }
#if !defined(GYRE_SANITIZING)  // what is lost with it is a leak to LeakSanitizer, too
  SECTION("an operation") {
    struct Left : PollOperation {
      Left() : PollOperation([](Operation&, const Completion&) noexcept {}) {}
    };
    CHECK_THROWS_WITH(run(app,
                          [](Client& client) -> Task<> {
                            auto* left = new Left;
                            left->descriptor = static_cast<SimLoop&>(client.loop()).open_foreign().value();
                            left->events = PollOperation::readable;
                            client.loop().submit(*left);
                            co_return;
                          }),
                      Catch::Contains("armed operations: 1, open descriptors: 1"));
  }
#endif
  SECTION("a timer") {
    Timer timer{[](Timer&) noexcept {}};
    for_each_transport([&](Transport transport) {
      Options options;
      options.transport = transport;
      CHECK_THROWS_WITH(run(
                            app,
                            [&](Client& client) -> Task<> {
                              client.loop().arm(timer, client.loop().now() + 1h);
                              co_return;
                            },
                            options),
                        Catch::Contains("a timer is armed"));
      timer.disarm();
    });
  }
}

TEST_CASE("a test that hangs on a real transport is cut", "[testing]") {
  App app;
  Event never;
  app.get("/never", [&]() -> Task<std::string> {
    co_await never.wait();
    co_return "";
  });
  Options options;
  options.transport = Transport::epoll;
  options.time_limit = 5ms;
  CHECK_THROWS_WITH(run(
                        app,
                        [](Client& client) -> Task<> {
                          const Answer answer = co_await client.get("/never");
                          CHECK(answer.body().empty());
                        },
                        options),
                    "waiting for the server took longer than 5 ms");
  options.run_limit = 5ms;
  CHECK_THROWS_AS(run(app, [&](Client&) -> Task<> { co_await never.wait(); }, options), TimedOut);
}

TEST_CASE("a seed from the environment replaces the others", "[testing]") {
  App app;
  std::vector<std::uint64_t> seen;
  const auto look = [&](Client& client) -> Task<> {
    seen.push_back(static_cast<SimLoop&>(client.loop()).options().seed);
    co_return;
  };
  SECTION("without one") {
    ::unsetenv("GYRE_SEED");
    run(app, look);
    run_seeds(app, 3, look);
    CHECK(seen == std::vector<std::uint64_t>{1, 1, 2, 3});
  }
  SECTION("with one") {
    const Variable seed{"GYRE_SEED", "77"};
    run(app, look);
    run_seeds(app, 3, look);
    CHECK(seen == std::vector<std::uint64_t>{77, 77});
  }
  SECTION("with one that is none") {
    const Variable seed{"GYRE_SEED", "7x"};
    CHECK_THROWS_WITH(run(app, look), "GYRE_SEED is no number: \"7x\"");
  }
}

TEST_CASE("a transport is there, or it is said why not", "[testing]") {
  CHECK(available(Transport::sim));
  for (const Transport transport : {Transport::uring, Transport::epoll}) {
    CHECK(available(transport) == why_unavailable(transport).empty());
    if (!available(transport)) CHECK_THROWS_AS(testing::make_loop(transport), Unavailable);
  }
  CHECK(all_transports().front() == Transport::sim);
  const Variable all{"GYRE_ALL_LOOPS", "1"};
  CHECK(all_transports().size() == 3);
}
