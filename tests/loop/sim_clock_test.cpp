// Clocks that go wrong, completions that come late.

#include <gyre/loop/sim/sim_loop.hpp>

#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace loop_test;
using gyre::Completion;
using gyre::Duration;
using gyre::SimLoop;
using gyre::SimOptions;
using gyre::Task;
using gyre::TimePoint;

namespace {

Task<> sleep(Duration length) { co_await gyre::sleep_for(length); }

Duration monotonic(const SimLoop& loop) { return loop.now().time_since_epoch(); }

}  // namespace

TEST_CASE("the wall clock jumps, and no timer notices", "[loop][sim]") {
  SimLoop loop;
  const Duration before = loop.wall_time();
  CHECK(before == std::chrono::seconds{1767225600});
  loop.jump_wall_clock(1h);
  CHECK(loop.wall_time() == before + 1h);
  CHECK(loop.now() == TimePoint{});
  loop.run(sleep(5ms));
  CHECK(monotonic(loop) == 5ms);
  loop.jump_wall_clock(-2h);
  CHECK(loop.wall_time() == before + 5ms - 1h);
  loop.run(sleep(5ms));
  CHECK(monotonic(loop) == 10ms);
}

TEST_CASE("the wall clock jumps by itself, forth and back, by the seed", "[loop][sim]") {
  SimOptions options;
  options.clock.jump_every = 10s;
  options.clock.jump_max = 1h;
  SimLoop loop{options};
  unsigned ahead = 0;
  unsigned back = 0;
  for (int times = 0; times < 300; ++times) {
    const Duration before = loop.wall_time();
    loop.run(sleep(1s));
    const Duration jump = loop.wall_time() - before - 1s;
    CHECK(std::chrono::abs(jump) <= 1h);
    ahead += jump > 0s;
    back += jump < 0s;
  }
  CHECK(ahead > 5);
  CHECK(back > 5);
  CHECK(ahead + back > 20);
  CHECK(ahead + back < 45);
  CHECK(monotonic(loop) == 300s);
}

TEST_CASE("stalls: timers fire late, never early", "[loop][sim]") {
  SimOptions options;
  options.clock.stall_every = 50ms;
  options.clock.stall_max = 100ms;
  SimLoop loop{options};
  std::set<bool> late;
  for (int times = 0; times < 30; ++times) {
    const TimePoint before = loop.now();
    loop.run(sleep(10ms));
    const Duration took = loop.now() - before;
    CHECK(took >= 10ms);
    CHECK(took < 110ms);
    late.insert(took > 10ms);
  }
  CHECK(late.size() == 2);
}

TEST_CASE("stalls: all that arrived meanwhile is there at once", "[loop][sim]") {
  SimOptions options;
  options.latency.least = 10ms;
  options.clock.stall_every = 1ns;
  options.clock.stall_max = 1h;
  SimLoop loop{options};
  Pump pump{loop};
  Connection both{pump};
  Send send{pump, both.client, "x"};
  Receive receive{pump, both.server};
  receive.submit();
  send.submit();
  // The sleep is shorter than the way, and ends after it all the same.
  loop.run(sleep(9ms));
  CHECK(pump.until([&] { return receive.data() == "x"; }));
  receive.cancel();
  CHECK(receive.finish());
}

TEST_CASE("late completions: a send's effect may come before its end", "[loop][sim]") {
  std::set<bool> overtaken;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SimOptions options;
    options.seed = seed;
    options.late_completions = 50ms;
    SimLoop loop{options};
    Pump pump{loop};
    Connection both{pump};
    const TimePoint start = loop.now();
    Receive receive{pump, both.server};
    Send send{pump, both.client, "x"};
    TimePoint sent{};
    TimePoint received{};
    receive.on = [&](const Completion& completion) {
      if (completion.result > 0) received = loop.now();
    };
    send.on = [&](const Completion&) { sent = loop.now(); };
    receive.submit();
    send.submit();
    CHECK(pump.until([&] { return !send.armed() && receive.data() == "x"; }));
    CHECK(sent - start <= 50ms);
    CHECK(received - start <= 100ms);  // one late attempt that found nothing, one that found it
    overtaken.insert(received < sent);
    receive.cancel();
    CHECK(receive.finish());
  }
  CHECK(overtaken.size() == 2);
}

TEST_CASE("late completions: one direction keeps its order", "[loop][sim]") {
  for (const std::uint64_t seed : seeds(20)) {
    SimOptions options;
    options.seed = seed;
    options.late_completions = 50ms;
    options.split_chunks = true;
    SimLoop loop{options};
    Pump pump{loop};
    Connection both{pump};
    const std::string text = pattern(500);
    Send send{pump, both.client, text};
    Receive receive{pump, both.server};
    send.on = [&](const Completion&) { loop.shutdown(both.client, gyre::ShutdownSide::send); };
    receive.submit();
    send.submit();
    CHECK(receive.finish());
    CHECK(receive.result() == 0);
    CHECK((receive.data() == text));
    CHECK(send.finish());
  }
}
