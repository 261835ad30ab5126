#include "coro_support.hpp"

#include <gyre/coro/channel.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/generator.hpp>
#include <gyre/coro/internal/tree_text.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/semaphore.hpp>
#include <gyre/coro/task_tree.hpp>
#include <gyre/coro/when_all.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

using namespace gyre;
using namespace coro_test;
using namespace std::chrono_literals;

namespace {

unsigned this_line(std::source_location where = std::source_location::current()) { return where.line(); }

/// "<name> at task_tree_test.cpp:<line>"
std::string at(std::string_view name, unsigned line) {
  return std::string{name} + " at task_tree_test.cpp:" + std::to_string(line);
}

struct Lines {
  unsigned inner = 0;
  unsigned outer = 0;
  unsigned other = 0;
};

Task<> wait_for(Event* event, Lines* lines) {
  lines->inner = this_line() + 1;
  co_await event->wait();
}

Task<> wait_through(Event* event, Lines* lines) {
  auto inner = wait_for(event, lines);
  lines->outer = this_line() + 1;
  co_await std::move(inner);
}

}  // namespace

TEST_CASE("a task tree shows who awaits what, where, since when and until when", "[coro][tree]") {
  ManualExecutor executor;
  TaskTree tree{executor};
  Event event;
  Lines lines;
  Context context{executor};
  context.set_label("nightly import");
  context.limit_deadline(TimePoint{2s});
  Started first{context, wait_through(&event, &lines)};
  executor.time += 1250ms;
  CHECK(tree.size() == 2);
  CHECK(tree.text() == "context nightly import\n- " + at("wait_through", lines.outer) +
                           ", age 1.250s, 0.750s left\n  - " + at("wait_for", lines.inner) +
                           ", age 1.250s, 0.750s left\n");
  executor.time += 1s;
  CHECK(tree.text().find("age 2.250s, 0.000s left") != std::string::npos);
  event.set();
  executor.run();
  CHECK(first.done());
  CHECK(tree.size() == 0);
  CHECK(tree.text().empty());
}

TEST_CASE("a task tree sees the tasks that start while it lives", "[coro][tree]") {
  ManualExecutor executor;
  Event event;
  Lines lines;
  Context context{executor};
  std::optional<TaskTree> tree;
  Started before{context, wait_for(&event, &lines)};
  tree.emplace(executor);
  Started seen{context, wait_for(&event, &lines)};
  CHECK(tree->size() == 1);
  CHECK(tree->text() == "context\n- " + at("wait_for", lines.inner) + ", age 0.000s\n");
  tree.reset();
  Started after{context, wait_for(&event, &lines)};
  tree.emplace(executor);
  CHECK(tree->size() == 0);
  event.set();
  executor.run();  // one that another tree saw ends without harm
  CHECK((before.done() && seen.done() && after.done()));
  CHECK(tree->size() == 0);
}

namespace {

Task<> join_two(Event* event, Lines* lines) {
  Context& context = co_await this_context();
  Scope scope{context};
  scope.spawn(wait_for(event, lines));
  scope.spawn(wait_for(event, lines));
  lines->outer = this_line() + 1;
  co_await scope.join();
}

Task<> all_of_two(Event* event, Lines* lines) {
  lines->outer = this_line() + 1;
  co_await when_all(wait_for(event, lines), wait_for(event, lines));
}

}  // namespace

TEST_CASE("children stand below the task that joins them", "[coro][tree]") {
  ManualExecutor executor;
  TaskTree tree{executor};
  Event event;
  Lines lines;
  Context context{executor};
  context.set_label("work");
  SECTION("of a scope") {
    Started task{context, join_two(&event, &lines)};
    const std::string child = "  - " + at("wait_for", lines.inner) + ", age 0.000s\n";
    CHECK(tree.text() ==
          "context work\n- " + at("join_two", lines.outer) + ", age 0.000s\n  context\n" + child + child);
    event.set();
    executor.run();
    CHECK(task.done());
  }
  SECTION("of when_all") {
    Started task{context, all_of_two(&event, &lines)};
    const std::string text = tree.text();
    const std::size_t owner = text.find(at("all_of_two", lines.outer));
    const std::size_t first = text.find("- " + at("wait_for", lines.inner));
    CHECK(owner < first);
    CHECK(first < text.rfind(at("wait_for", lines.inner)));
    CHECK(text.find("context work\n") == 0);
    CHECK(text.find("context work\n", 1) == std::string::npos);
    event.set();
    executor.run();
    CHECK(task.done());
  }
  CHECK(tree.size() == 0);
}

namespace {

Task<> never_asked_to_stop(std::optional<CompletionCallback<void>>* callback, Lines* lines) {
  const auto start = [callback](CompletionCallback<void> done) { callback->emplace(std::move(done)); };
  auto call = from_callback<void>(start);
  lines->inner = this_line() + 1;
  const Result<void> result = co_await std::move(call);
  (void)result;
}

}  // namespace

TEST_CASE("a task that is parked although it is cancelled is shown, with the reason", "[coro][tree]") {
  ManualExecutor executor;
  TaskTree tree{executor};
  Lines lines;
  std::optional<CompletionCallback<void>> callback;
  Context context{executor};
  Started task{context, never_asked_to_stop(&callback, &lines)};
  context.cancel(CancelReason::shutdown);
  executor.run();
  const std::string text = tree.text();
  CHECK(text.starts_with("context, cancelled: shutdown\n- " + at("never_asked_to_stop", lines.inner)));
  callback.reset();
  executor.run();
  CHECK(task.done());
}

namespace {

/// The node of the task that awaits it.
struct NodeAwaiter {
  const detail::TaskNode* node = nullptr;
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle) noexcept {
    node = detail::node_of(handle);
    return false;
  }
  const detail::TaskNode* await_resume() const noexcept { return node; }
};

Task<> owns(Context* context, Event* event, Lines* lines) {
  NodeAwaiter look;
  const detail::TaskNode* node = co_await look;
  context->set_owner(node);
  lines->inner = this_line() + 1;
  co_await event->wait();
  context->set_owner(nullptr);
}

}  // namespace

TEST_CASE("a task that waits for itself is told of", "[coro][tree]") {
  ManualExecutor executor;
  TaskTree tree{executor};
  Event event;
  Lines lines;
  Context context{executor};
  Started task{context, owns(&context, &event, &lines)};  // as if it joined the scope that it runs in
  CHECK(tree.text() == "waits for itself:\n- " + at("owns", lines.inner) + ", age 0.000s\n  context\n");
  event.set();
  executor.run();
  CHECK(task.done());
}

namespace {

Generator<int> numbers(Event* event) {
  co_yield 1;
  co_await event->wait();
  co_yield 2;
}

Task<int> sum(Generator<int>* source, Lines* lines) {
  int total = 0;
  lines->outer = this_line() + 1;
  while (std::optional<int> value = co_await source->next()) total += *value;
  co_return total;
}

}  // namespace

TEST_CASE("a generator is in the tree while it works on a value", "[coro][tree]") {
  ManualExecutor executor;
  TaskTree tree{executor};
  Event event;
  Lines lines;
  Context context{executor};
  auto source = numbers(&event);
  Started task{context, sum(&source, &lines)};
  CHECK(tree.size() == 2);
  CHECK(tree.text().find("- " + at("sum", lines.outer)) < tree.text().find("  - numbers at task_tree_test.cpp:"));
  event.set();
  executor.run();
  CHECK(task.result() == 3);
  CHECK(tree.size() == 0);
}

namespace {

/// Whatever the name of the awaiter, the line is that of the `co_await`.
Task<> wait_in_many_ways(Event* event, Channel<int>* channel, Semaphore* semaphore, std::vector<unsigned>* lines) {
  lines->push_back(this_line() + 1);
  co_await event->wait();
  lines->push_back(this_line() + 1);
  const auto received = co_await channel->receive();
  lines->push_back(this_line() + 1);
  const auto permit = co_await semaphore->acquire();
  (void)received;
}

}  // namespace

TEST_CASE("the line of an await is its own", "[coro][tree]") {
  ManualExecutor executor;
  TaskTree tree{executor};
  Event event;
  Channel<int> channel{1};
  Semaphore semaphore{1};
  std::optional<Semaphore::Permit> taken = semaphore.try_acquire();
  std::vector<unsigned> lines;
  Context context{executor};
  Started task{context, wait_in_many_ways(&event, &channel, &semaphore, &lines)};
  CHECK(tree.text().find(at("wait_in_many_ways", lines.at(0))) != std::string::npos);
  event.set();
  executor.run();
  CHECK(tree.text().find(at("wait_in_many_ways", lines.at(1))) != std::string::npos);
  CHECK(channel.try_send(1));
  executor.run();
  CHECK(tree.text().find(at("wait_in_many_ways", lines.at(2))) != std::string::npos);
  taken.reset();
  executor.run();
  CHECK(task.done());
}

namespace {

Task<> nested(Event* event, int depth) {
  if (depth == 0) {
    co_await event->wait();
    co_return;
  }
  auto inner = nested(event, depth - 1);
  co_await std::move(inner);
}

}  // namespace

TEST_CASE("a long chain of awaits is cut to 10,000 lines", "[coro][tree]") {
  ManualExecutor executor;
  TaskTree tree{executor};
  Event event;
  Context context{executor};
  Started task{context, nested(&event, 20'000)};
  const std::string text = tree.text();
  CHECK(std::count(text.begin(), text.end(), '\n') == 10'001);
  CHECK(text.ends_with("\nand 10002 more\n"));
  event.set();
  executor.run();
  CHECK(task.done());
}

TEST_CASE("names of functions are short, whichever compiler spelled them", "[coro][tree]") {
  const auto shortened = [](std::string_view name) { return detail::short_function_name(name); };
  CHECK(shortened("Task<int> app::fetch(std::string_view, Event *)") == "app::fetch");
  CHECK(shortened("void app::fetch(app::fetch(std::string_view)::_ZN3appE.Frame*)") == "app::fetch");
  CHECK(shortened("Task<> (anonymous namespace)::load()") == "load");
  CHECK(shortened("gyre::Task<> {anonymous}::load()") == "load");
  CHECK(shortened("auto main()::(anonymous class)::operator()(int) const") == "main::lambda");
  CHECK(shortened("void f(int)::<lambda(int)>::operator()(f(int)::<lambda(int)>::_ZZ1f.Frame*)") == "f::lambda");
  CHECK(shortened("Task<Result<T>> gyre::detail::run_limited(Limit, Task<T>) [T = int]") ==
        "gyre::detail::run_limited");
  CHECK(shortened("gyre::Task<gyre::Result<T> > gyre::run(gyre::Task<T>) [with T = int; X = void (*)(int)]") ==
        "gyre::run");
  CHECK(shortened("Task<> Store<int>::save(int) const") == "Store::save");
  CHECK(shortened("") == "");
}
