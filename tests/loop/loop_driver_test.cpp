#include <gyre/app/app.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/loop/await_operation.hpp>
#include <gyre/loop/loop_driver.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/testing/client.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;
using loop_test::for_each_real_loop;

namespace {

/// What a program with a loop of its own does: waits as it was told, for the descriptor and the time alone. False if
/// neither came for far too long.
bool wait_as_told(LoopDriver& driver) {
  constexpr int far_too_long = 20'000;  // milliseconds
  if (driver.descriptor() < 0) return true;
  const std::optional<Duration> left = driver.timeout();
  int limit = far_too_long;
  if (left) limit = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(*left).count());
  pollfd watched{driver.descriptor(), POLLIN, 0};
  const int ready = ::poll(&watched, 1, limit);
  return ready != 0 || limit != far_too_long;
}

/// Drives to the end; returns the turns that this took.
int drive(LoopDriver& driver) {
  int turns = 1;
  for (; driver.run_once(); ++turns) {
    if (!wait_as_told(driver)) {
      FAIL_CHECK("a descriptor that nobody made readable");
      driver.cancel();
    }
  }
  return turns;
}

Task<> expect_answers(Loop& loop, App& app, Event& serving, std::string& body) {
  co_await serving.wait();
  {
    testing::Client client{loop, app.endpoints().at(0)};
    for (int number = 0; number < 3; ++number) {
      const testing::Answer answer = co_await client.get("/slow");
      body += answer.body();
    }
  }
  app.stop();
}

Task<> serve_and_ask(Loop& loop, App& app, std::string& body) {
  Context& context = co_await this_context();
  Scope scope{context};
  Event serving;
  RunOptions options;
  options.port = 0;
  scope.spawn(app.serve(loop, options, &serving));
  scope.spawn(expect_answers(loop, app, serving, body));
  co_await scope.join();
}

/// Set on the loop by work that another thread posts.
struct Posted : Work {
  explicit Posted(Event& to_set) noexcept : Work(&Posted::arrive), event(&to_set) {}
  static void arrive(Work& work) noexcept { static_cast<Posted&>(work).event->set(); }
  Event* event;
};

}  // namespace

TEST_CASE("an app is served by somebody else's loop", "[loop][driver]") {
  for_each_loop([](Loop& loop) {
    App app;
    app.get("/slow", []() -> Task<std::string> {
      co_await sleep_for(3ms);
      co_return "slow;";
    });
    std::string body;
    LoopDriver driver{loop, serve_and_ask(loop, app, body)};
    drive(driver);
    CHECK(driver.done());
    driver.result();
    CHECK(body == "slow;slow;slow;");
  });
}

TEST_CASE("a driven timer fires when its time has come, after few turns", "[loop][driver]") {
  for_each_loop([](Loop& loop) {
    const auto nap = [](bool& slept) -> Task<> {
      const TimePoint begin = co_await now();
      co_await sleep_for(30ms);
      const TimePoint end = co_await now();
      slept = end - begin >= 30ms;
    };
    bool slept = false;
    LoopDriver driver{loop, nap(slept)};
    if (driver.descriptor() >= 0) {
      const std::optional<Duration> left = driver.timeout();
      CHECK((left && *left <= 31ms));
    }
    CHECK(drive(driver) < 12);
    CHECK(slept);
    CHECK(driver.timeout() == std::nullopt);
    CHECK_FALSE(driver.run_once());
  });
}

TEST_CASE("a driven loop that waits for another thread has no timeout, and its post makes the descriptor readable",
          "[loop][driver]") {
  for_each_real_loop([](Loop& loop) {
    constexpr int rounds = 50;
    const auto wait_for_posts = [](Loop& on, int& heard) -> Task<> {
      for (int round = 0; round < rounds; ++round) {
        Event event;
        Posted work{event};
        std::thread other{[&] { on.post(work); }};
        co_await event.wait();
        other.join();
        ++heard;
      }
    };
    int heard = 0;
    LoopDriver driver{loop, wait_for_posts(loop, heard)};
    drive(driver);
    CHECK(heard == rounds);
  });
}

TEST_CASE("a driven loop hears of another library's eventfd", "[loop][driver]") {
  for_each_real_loop([](Loop& loop) {
    constexpr int rounds = 10;
    const auto poll_event = [](int event, int& heard) -> Task<> {
      Context& context = co_await this_context();
      for (int round = 0; round < rounds; ++round) {
        std::thread other{[event] { (void)!::write(event, "12345678", 8); }};
        AwaitOperation<PollOperation> poll{Loop::of(context), event};
        poll.events = PollOperation::readable;
        const Result<int> ready = co_await poll;
        other.join();
        char drained[8];
        if (ready && ::read(event, drained, sizeof drained) == 8) ++heard;
      }
    };
    const int event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int heard = 0;
    {
      LoopDriver driver{loop, poll_event(event, heard)};
      drive(driver);
    }
    ::close(event);
    CHECK(heard == rounds);
  });
}

TEST_CASE("a driven loop hears of a thread of its pool while the outer loop waits", "[loop][driver]") {
  for_each_loop([](Loop& loop) {
    const auto work = [](int& sum) -> Task<> {
      for (int number = 0; number < 20; ++number) sum += co_await offload([](int given) { return given; }, number);
    };
    int sum = 0;
    LoopDriver driver{loop, work(sum)};
    drive(driver);
    CHECK(sum == 190);
  });
}

TEST_CASE("what the outer loop's own callbacks start is handed over before it waits", "[loop][driver]") {
  for_each_loop([](Loop& loop) {
    Event outer;
    const auto wait_for_outer = [](Event& event, bool& ended) -> Task<> {
      co_await event.wait();
      co_await sleep_for(1ms);
      ended = true;
    };
    bool ended = false;
    LoopDriver driver{loop, wait_for_outer(outer, ended)};
    if (driver.descriptor() >= 0) {
      while (driver.timeout() == Duration::zero()) driver.run_once();
      CHECK(driver.timeout() == std::nullopt);
    }
    outer.set();
    if (driver.descriptor() >= 0) CHECK(driver.timeout() == Duration::zero());
    drive(driver);
    CHECK(ended);
  });
}

TEST_CASE("a driver tells what its task threw", "[loop][driver]") {
  for_each_loop([](Loop& loop) {
    const auto fail = []() -> Task<> {
      co_await sleep_for(1ms);
      throw std::runtime_error{"of the task"};
    };
    LoopDriver driver{loop, fail()};
    drive(driver);
    CHECK_THROWS_WITH(driver.result(), "of the task");
  });
}

TEST_CASE("a task that never waits has ended with the driver's making", "[loop][driver]") {
  for_each_loop([](Loop& loop) {
    const auto count = [](int& number) -> Task<> {
      ++number;
      co_return;
    };
    int number = 0;
    LoopDriver driver{loop, count(number)};
    CHECK(driver.done());
    CHECK_FALSE(driver.run_once());
    driver.result();
    CHECK(number == 1);
  });
}

TEST_CASE("a driven task is cancelled by its driver", "[loop][driver][cancel]") {
  for_each_loop([](Loop& loop) {
    const auto wait_long = [](CancelReason& reason) -> Task<> {
      Context& context = co_await this_context();
      try {
        co_await sleep_for(1h);
      } catch (const Cancelled&) {
        reason = context.reason();
      }
    };
    CancelReason reason = CancelReason::none;
    SECTION("at once") {
      LoopDriver driver{loop, wait_long(reason)};
      driver.cancel(CancelReason::shutdown);
      if (driver.descriptor() >= 0) CHECK(driver.timeout() == Duration::zero());
      drive(driver);
      driver.result();
      CHECK(reason == CancelReason::shutdown);
    }
    SECTION("by its end") {
      {
        LoopDriver driver{loop, wait_long(reason)};
        if (driver.descriptor() >= 0) driver.run_once();
      }
      CHECK(reason == CancelReason::requested);
    }
  });
}

TEST_CASE("a loop can be driven again, and run in between", "[loop][driver]") {
  for_each_loop([](Loop& loop) {
    const auto nap = [](int& naps) -> Task<> {
      co_await sleep_for(1ms);
      ++naps;
    };
    int naps = 0;
    for (int time = 0; time < 3; ++time) {
      LoopDriver driver{loop, nap(naps)};
      drive(driver);
      loop.run(nap(naps));
    }
    CHECK(naps == 6);
  });
}

TEST_CASE("a simulated task that can never end is found out when driven", "[loop][driver][sim]") {
  SimLoop loop;
  const auto hang = [](bool& ended) -> Task<> {
    Event never;
    try {
      co_await never.wait();
    } catch (const Cancelled&) {
      ended = true;
    }
  };
  bool ended = false;
  LoopDriver driver{loop, hang(ended)};
  while (driver.run_once()) {
  }
  CHECK(ended);
  CHECK_THROWS_AS(driver.result(), Deadlock);
}
