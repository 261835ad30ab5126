#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace loop_test;
using gyre::Loop;
using gyre::TimePoint;

namespace {

/// Notes the loop's time when it fires.
struct Alarm : gyre::Timer {
  explicit Alarm(Pump& to_poke) : Timer(&Alarm::fire), pump(&to_poke) {}
  static void fire(Timer& timer) noexcept {
    auto& self = static_cast<Alarm&>(timer);
    self.fired.push_back(self.pump->loop().now());
    self.pump->poke();
    if (self.then) self.then();
  }
  Pump* pump;
  std::vector<TimePoint> fired;
  std::function<void()> then;
};

}  // namespace

TEST_CASE("timers fire in order, never early; in simulation at their instant", "[loop][timer]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    pump.turns(1);
    std::vector<int> order;
    std::vector<std::unique_ptr<Alarm>> alarms;
    const TimePoint start = loop.now();
    const gyre::Duration delays[] = {7ms, 2ms + 1ns, 2ms, 11ms, 0ms, -5ms, 3ms};
    for (const auto delay : delays) {
      alarms.push_back(std::make_unique<Alarm>(pump));
      const int index = static_cast<int>(alarms.size()) - 1;
      alarms.back()->then = [&order, index] { order.push_back(index); };
      loop.arm(*alarms.back(), start + delay);
    }
    CHECK(pump.until([&] { return order.size() == alarms.size(); }));
    for (std::size_t index = 0; index < alarms.size(); ++index) {
      REQUIRE(alarms[index]->fired.size() == 1);
      const TimePoint due = std::max(start, start + delays[index]);
      CHECK(alarms[index]->fired[0] >= due);
      if (loop.backend() == gyre::Backend::sim) CHECK(alarms[index]->fired[0] == due);
    }
    // On a real loop the two that are 1 ns apart may share a tick; their order is that of arming then.
    if (loop.backend() == gyre::Backend::sim) CHECK(order == std::vector<int>{4, 5, 2, 1, 6, 0, 3});
    CHECK(order.back() == 3);
    CHECK(order[5] == 0);
  });
}

TEST_CASE("sleeping is never early", "[loop][timer]") {
  for_each_loop([](Loop& loop) {
    for (const gyre::Duration length : {gyre::Duration{1}, gyre::Duration{999'999}, gyre::Duration{1ms}, 4ms + 1ns}) {
      const auto measure = [](gyre::Duration to_sleep) -> gyre::Task<gyre::Duration> {
        const TimePoint start = co_await gyre::now();
        co_await gyre::sleep_for(to_sleep);
        const TimePoint end = co_await gyre::now();
        co_return end - start;
      };
      const gyre::Duration slept = loop.run(measure(length));
      CHECK(slept >= length);
      if (loop.backend() == gyre::Backend::sim) CHECK(slept == length);
    }
  });
}

TEST_CASE("a wait of no length still ends", "[loop][timer]") {
  for_each_loop([](Loop& loop) {
    const auto sleep = []() -> gyre::Task<> {
      co_await gyre::sleep_for(0ns);
      co_await gyre::sleep_for(-1s);
    };
    loop.run(sleep());
    SUCCEED();
  });
}

TEST_CASE("a timer that handlers move, disarm or destroy does as they say", "[loop][timer]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    pump.turns(1);
    const TimePoint start = loop.now();
    Alarm moved{pump};
    Alarm disarmed{pump};
    auto destroyed = std::make_unique<Alarm>(pump);
    Alarm first{pump};
    first.then = [&] {
      loop.arm(moved, start + 6ms);
      disarmed.disarm();
      destroyed.reset();
    };
    loop.arm(first, start + 2ms);
    loop.arm(moved, start + 4ms);
    loop.arm(disarmed, start + 4ms);
    loop.arm(*destroyed, start + 4ms);
    CHECK(pump.until([&] { return !moved.fired.empty(); }));
    CHECK(moved.fired.size() == 1);
    CHECK(moved.fired[0] >= start + 6ms);
    CHECK(disarmed.fired.empty());
  });
}

TEST_CASE("a periodic timer does not drift in simulation", "[loop][timer]") {
  for_each_sim_loop([](Loop& loop) {
    Pump pump{loop};
    Alarm alarm{pump};
    alarm.then = [&] {
      if (alarm.fired.size() < 1000) loop.arm(alarm, alarm.when() + 1s);
    };
    loop.arm(alarm, TimePoint{1s});
    CHECK(pump.until([&] { return alarm.fired.size() == 1000; }));
    CHECK(loop.now() == TimePoint{1000s});
  });
}

TEST_CASE("simulated time jumps over centuries", "[loop][timer]") {
  for_each_sim_loop([](Loop& loop) {
    const auto sleep = []() -> gyre::Task<> { co_await gyre::sleep_for(24h * 365 * 200 + 1ns); };
    loop.run(sleep());
    CHECK(loop.now() == TimePoint{24h * 365 * 200 + 1ns});
  });
}

TEST_CASE("a wait ends for I/O long before its timer", "[loop][timer]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Alarm far{pump};
    loop.arm(far, loop.now() + 24h);
    Receive receive{pump, both.server};
    receive.submit();
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(pump.until([&] { return receive.count() == 1 && !send.armed(); }));
    CHECK(far.fired.empty());
    receive.cancel();
    CHECK(receive.finish());
  });
}
