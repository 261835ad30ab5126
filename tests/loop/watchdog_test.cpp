#include "each_loop.hpp"

#include <gyre/coro/context.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/watchdog.hpp>

#include <string>
#include <vector>

using namespace gyre;
using namespace std::chrono_literals;

namespace {

struct Told {
  BlockedLoop::Stage stage;
  unsigned loop;
  Duration length;
  std::string label;
  bool operator==(const Told&) const = default;
};

/// A watchdog with a threshold of a second, and what it has told.
struct Watching {
  explicit Watching(const Loop& loop)
      : watchdog(1s, [this](const BlockedLoop& blocked) {
          told.push_back({blocked.stage, blocked.loop, blocked.length, std::string{blocked.label}});
        }) {
    watchdog.watch(loop, 3);
  }
  std::vector<Told> told;
  Watchdog watchdog;
};

// What it does within one turn stands for a handler that blocks: the watchdog is told of a later time.
Task<> block(Watching* watching) {
  Context& context = co_await this_context();
  context.set_label("GET /slow");
  Loop& loop = Loop::of(context);
  co_await sleep_for(10ms);
  const TimePoint began = loop.turn_began().value();
  CHECK(began == loop.now());
  watching->watchdog.sample(began + 999ms);
  CHECK(watching->told.empty());
  watching->watchdog.sample(began + 1s);
  REQUIRE(watching->told.size() == 1);
  CHECK(watching->told.back() == Told{BlockedLoop::Stage::blocked, 3, 1s, "GET /slow"});
  watching->watchdog.sample(began + 2s);
  CHECK(watching->told.size() == 1);
  co_await sleep_for(10ms);
  watching->watchdog.sample(began + 3s);
  REQUIRE(watching->told.size() == 2);
  CHECK(watching->told.back() == Told{BlockedLoop::Stage::freed, 3, 3s, "GET /slow"});
  CHECK(watching->watchdog.blocked_turns() == 1);
  watching->watchdog.sample(began + 10min);  // this turn is too long, too
  CHECK(watching->told.size() == 3);
}

Task<> pass_time() { co_await sleep_for(10ms); }

Task<> look_at_label(std::vector<std::string>* labels) {
  Context& context = co_await this_context();
  Context child{context};
  for (const char* label : {"one", "two"}) {
    context.set_label(label);
    co_await sleep_for(1ms);
    labels->emplace_back(context.executor().running());
  }
  CHECK(child.label() == nullptr);  // it was made before
}

}  // namespace

TEST_CASE("a blocked loop is reported once while it lasts and once when it is over", "[loop][watchdog]") {
  loop_test::for_each_loop([](Loop& loop) {
    Watching watching{loop};
    loop.run(block(&watching));
    const std::size_t told = watching.told.size();
    watching.watchdog.sample(loop.now() + 1h);  // it waits, or does not run at all
    CHECK(watching.told.size() == told + 1);
    CHECK(watching.told.back().stage == BlockedLoop::Stage::freed);
    CHECK_FALSE(loop.turn_began());
  });
}

TEST_CASE("a loop that is not watched any more is not reported", "[loop][watchdog]") {
  SimLoop loop;
  Watching watching{loop};
  watching.watchdog.forget(loop);
  auto late = [](Watching* to) -> Task<> {
    Context& context = co_await this_context();
    co_await sleep_for(10ms);
    to->watchdog.sample(context.executor().now() + 1h);
  };
  loop.run(late(&watching));
  CHECK(watching.told.empty());
}

TEST_CASE("a watchdog's thread ends with it, also at once", "[loop][watchdog]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    Watching watching{loop};
    watching.watchdog.start();
    loop.run(pass_time());
  });
}

TEST_CASE("what runs has the name of its context", "[loop][watchdog]") {
  loop_test::for_each_loop([](Loop& loop) {
    std::vector<std::string> labels;
    loop.run(look_at_label(&labels));
    CHECK(labels == std::vector<std::string>{"one", "two"});
    CHECK(loop.running() == nullptr);
  });
}
