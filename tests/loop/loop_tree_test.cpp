#include "each_loop.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/task_tree.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/shield.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>

#include <source_location>
#include <string>

using namespace gyre;
using namespace std::chrono_literals;

namespace {

unsigned this_line(std::source_location where = std::source_location::current()) { return where.line(); }

std::string at(std::string_view name, unsigned line) {
  return "- " + std::string{name} + " at loop_tree_test.cpp:" + std::to_string(line);
}

unsigned roll_back_line = 0;

Task<> roll_back() {
  roll_back_line = this_line() + 1;
  co_await sleep_for(1s);
}

Task<> work_and_roll_back() {
  bool cancelled = false;
  try {
    co_await sleep_for(1h);
  } catch (const Cancelled&) {
    cancelled = true;
  }
  auto shielded = shield(2s, roll_back());
  const Result<void> done = co_await std::move(shielded);
  CHECK(cancelled);
  CHECK(done);
}

Task<std::string> look_while_shielded(const TaskTree* tree) {
  Context& context = co_await this_context();
  Scope scope{context};
  scope.context().set_label("transfer");
  scope.spawn(work_and_roll_back());
  co_await sleep_for(1ms);
  scope.cancel();
  co_await sleep_for(500ms);
  std::string text = tree->text();
  co_await scope.join();
  co_return text;
}

unsigned stuck_line = 0;

Task<> stuck(Event* event) {
  stuck_line = this_line() + 1;
  co_await event->wait();
}

}  // namespace

TEST_CASE("a shielded task stands below the one that shields it", "[loop][tree]") {
  loop_test::for_each_sim_loop([](Loop& loop) {
    const TaskTree tree{loop};
    const std::string text = loop.run(look_while_shielded(&tree));
    const std::size_t outer = text.find("context transfer, cancelled: requested\n");
    const std::size_t shielding = text.find("- gyre::detail::run_limited at limit.hpp:", outer);
    const std::size_t shielded = text.find(at("roll_back", roll_back_line) + ", age 0.500s, 1.500s left", shielding);
    CHECK(outer != std::string::npos);
    CHECK(shielding != std::string::npos);
    CHECK(shielded != std::string::npos);
    CHECK(tree.size() == 0);
  });
}

TEST_CASE("a deadlock says what every task waits for", "[loop][tree]") {
  SimOptions options;
  options.task_tree = true;
  SimLoop loop{options};
  Event event;
  std::string said;
  try {
    loop.run(stuck(&event));
  } catch (const Deadlock& deadlock) {
    said = deadlock.what();
  }
  CHECK(said == "gyre: deadlock: every task waits and nothing is left to happen\ncontext\n" + at("stuck", stuck_line) +
                    ", age 0.000s\n");
}

TEST_CASE("a deadlock without a tree says only that", "[loop][tree]") {
  SimLoop loop;
  Event event;
  CHECK_THROWS_WITH(loop.run(stuck(&event)), "gyre: deadlock: every task waits and nothing is left to happen");
}

namespace {

Task<> offloaded(const TaskTree* tree, std::string* text) {
  const auto look = [tree] { return tree->text(); };  // in simulation it runs on the loop
  *text = co_await offload(look);
}

}  // namespace

TEST_CASE("a task that waits for a blocking function is shown", "[loop][tree]") {
  SimLoop loop;
  const TaskTree tree{loop};
  std::string text;
  loop.run(offloaded(&tree, &text));
  CHECK(text.find("- offloaded at loop_tree_test.cpp:") < text.find("- gyre::offload at offload.hpp:"));
}
