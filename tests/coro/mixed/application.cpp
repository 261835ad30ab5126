// The application's half: awaits the library's tasks and is awaited by them. Prints what went wrong.
#include "../coro_support.hpp"
#include "library.hpp"

#include <gyre/coro/scope.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>

#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

using coro_test::StackRange;
using coro_test::Started;
using gyre::Event;
using gyre::Task;

namespace {

int failures = 0;
StackRange stack;
int spawned = 0;

void expect(bool well, const char* what) {
  if (well) return;
  ++failures;
  std::printf("failed: %s\n", what);
}

Task<int> back_to_library(int depth) {
  stack.note();
  int below = 0;
  if (depth > 0) below = 1 + co_await mixed::descend(depth - 1, back_to_library);
  stack.note();
  co_return below;
}

Task<> throw_back(int depth) {
  stack.note();
  if (depth == 0) throw std::runtime_error("bottom of the application");
  co_await mixed::descend_and_throw(depth - 1, throw_back);
}

Task<> count_spawned(int number) {
  const int value = co_await mixed::leaf(number);
  spawned += value;
}

Task<mixed::Payload> make_payload_here(int number) {
  const int awaited = co_await mixed::leaf(number);
  co_return mixed::Payload(awaited);
}

// The library's values, handed through to the library.
gyre::Generator<mixed::Payload> relay_payloads(int count) {
  gyre::Generator<mixed::Payload> source = mixed::make_payloads(count);
  while (std::optional<mixed::Payload> payload = co_await source.next()) {
    stack.note();
    co_yield std::move(*payload);
  }
}

Task<int> await_in_a_row() {
  long sum = 0;
  for (int i = 0; i < coro_test::deep; ++i) {
    sum += co_await mixed::leaf(1);
    stack.note();
  }
  co_return static_cast<int>(sum);
}

Task<int> wait_here(Event* event, int value) {
  co_await event->wait();
  co_return value;
}

Task<int> fail_here(Event* event) {
  co_await event->wait();
  throw 7;
}

void test_depth() {
  expect(gyre::sync_wait(mixed::descend(coro_test::deep, back_to_library)) == coro_test::deep, "deep chain");
  expect(mixed::run(back_to_library(coro_test::deep)) == coro_test::deep, "deep chain, run by the library");
  expect(mixed::run(await_in_a_row()) == coro_test::deep, "awaits in a row");
  for (const int depth : {10'000, 10'001}) {
    std::string text;
    try {
      gyre::sync_wait(mixed::descend_and_throw(depth, throw_back));
    } catch (const std::exception& failure) {
      text = failure.what();
    }
    expect(text == (depth % 2 == 0 ? "bottom of the library" : "bottom of the application"), "deep exception");
  }
  expect(stack.bytes() < coro_test::flat, "the stack stays flat");
}

void test_results() {
  const mixed::Payload payload = gyre::sync_wait(mixed::make_payload(3));
  expect(payload.numbers.size() == 8 && *payload.owned == 3, "result of the library");
  expect(mixed::run(mixed::consume(make_payload_here(5))) == 50, "result of the application");
  expect(mixed::run(mixed::count_all(relay_payloads(10'000))) == 10'000, "generators on both sides");
  {
    const Task<mixed::Payload> never_started = mixed::make_payload(1);
  }
  gyre::sync_wait(mixed::spawn_three(count_spawned));
  expect(spawned == 3, "spawned by the library");
}

template <class Finish>
bool joins_to(Task<int> task, int expected, coro_test::ManualExecutor& executor, gyre::Context& context,
              Finish finish) {
  Started started{context, std::move(task)};
  finish();
  executor.run();
  return started.done() && (expected < 0 ? started.cancelled() : started.result() == expected);
}

void test_joins() {
  coro_test::ManualExecutor executor;
  gyre::Context context{executor};
  Event here;
  Event there;
  Event never;
  auto set_here = [&] { here.set(); };
  auto set_there = [&] { there.set(); };
  expect(joins_to(mixed::race_both(wait_here(&never, 1), mixed::wait_for(&there, 2)), 1, executor, context, set_there),
         "when_any in the library");
  expect(joins_to(mixed::join_both(wait_here(&here, 1), mixed::wait_for(&there, 2)), 12, executor, context, set_here),
         "when_all in the library");
  auto join_here = [](Event* first, Event* second) -> Task<int> {
    auto [one, two] = co_await gyre::when_all(mixed::wait_for(first, 3), wait_here(second, 4));
    const auto any = co_await gyre::when_any(mixed::leaf(one), wait_here(second, two));
    co_return one * 10 + two + static_cast<int>(any.first);
  };
  expect(joins_to(join_here(&here, &there), 34, executor, context, [] {}), "joins in the application");

  Started failing{context, mixed::join_both(fail_here(&here), mixed::wait_for(&never, 1))};
  executor.run();
  int thrown = 0;
  try {
    failing.result();
  } catch (int number) {
    thrown = number;
  }
  expect(thrown == 7, "failure through when_all of the library");

  gyre::Context inner{context};
  auto cancel_there = [&] { mixed::cancel(inner); };
  expect(
      joins_to(mixed::join_both(wait_here(&never, 1), mixed::wait_for(&never, 2)), -1, executor, inner, cancel_there),
      "cancellation by the library");
  expect(joins_to(mixed::wait_for(&never, 2), -1, executor, inner, [] {}), "wait in a cancelled context");
}

}  // namespace

int main() {
  test_depth();
  test_results();
  test_joins();
  const gyre::FrameStatistics frames = gyre::frame_statistics();
  expect(frames.allocated == frames.released, "every frame was released");
  std::printf("%s, stack range %zu bytes\n", failures == 0 ? "ok" : "FAILED", stack.bytes());
  return failures == 0 ? 0 : 1;
}
