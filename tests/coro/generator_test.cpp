#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/generator.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>

#include <catch2/catch.hpp>

#include <coroutine>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using coro_test::deep;
using coro_test::flat;
using coro_test::ManualExecutor;
using coro_test::StackRange;
using coro_test::Started;
using coro_test::Tracked;
using gyre::Context;
using gyre::Event;
using gyre::Generator;
using gyre::sync_wait;
using gyre::Task;

namespace {

// Functions, not lambdas: g++ 12.2 spares the bodies of lambdas.
Generator<int> count_to(int last) {
  for (int i = 1; i <= last; ++i) co_yield i;
}

Task<int> plus_one(int value) { co_return value + 1; }

// Yields the number of each event once that has happened.
Generator<int> numbers_of(std::vector<Event>* events) {
  int number = 0;
  for (Event& event : *events) {
    const Tracked local(number);
    co_await event.wait();
    const int next = co_await plus_one(number);
    co_yield number;
    number = next;
  }
}

Generator<int> fail_after(int yields) {
  const Tracked local(1);
  for (int i = 0; i < yields; ++i) co_yield i;
  throw std::runtime_error("no more");
}

template <class T>
Task<std::vector<T>> all_of(Generator<T> source) {
  std::vector<T> values;
  while (std::optional<T> value = co_await source.next()) values.push_back(std::move(*value));
  co_return values;
}

template <class T>
Task<std::optional<T>> next_of(Generator<T>* source) {
  co_return co_await source->next();
}

template <class T>
std::vector<T> collect(Generator<T> source) {
  return sync_wait(all_of(std::move(source)));
}

template <class T>
std::optional<T> next(Generator<T>& source) {
  return sync_wait(next_of(&source));
}

}  // namespace

TEST_CASE("a generator hands over its values in order and then nothing, for ever", "[coro][generator]") {
  CHECK(collect(count_to(3)) == std::vector{1, 2, 3});
  CHECK(collect(count_to(0)).empty());

  Generator<int> source = count_to(2);
  CHECK(next(source) == 1);
  CHECK(next(source) == 2);
  CHECK_FALSE(source.done());  // it has not been asked what comes then
  CHECK(next(source) == std::nullopt);
  CHECK(source.done());
  CHECK(next(source) == std::nullopt);
}

TEST_CASE("a generator runs only while a value is awaited", "[coro][generator]") {
  std::string steps;
  auto body = [](std::string* log) -> Generator<int> {
    *log += "a";
    co_yield 1;
    *log += "b";
    co_yield 2;
    *log += "c";
  };
  Generator<int> source = body(&steps);
  CHECK(steps.empty());
  CHECK(next(source) == 1);
  CHECK(steps == "a");
  CHECK(next(source) == 2);
  CHECK(steps == "ab");
  CHECK(next(source) == std::nullopt);
  CHECK(steps == "abc");
}

TEST_CASE("a generator awaits events and tasks between its values", "[coro][generator]") {
  ManualExecutor executor;
  Context context{executor};
  std::vector<Event> events(3);
  std::vector<int> seen;
  auto body = [](std::vector<Event>* awaited, std::vector<int>* values) -> Task<> {
    Generator<int> source = numbers_of(awaited);
    while (std::optional<int> value = co_await source.next()) values->push_back(*value);
  };
  Started started{context, body(&events, &seen)};
  CHECK(seen.empty());
  events[0].set();
  CHECK(seen.empty());  // nothing runs inside set
  executor.run();
  CHECK(seen == std::vector{0});
  events[2].set();
  executor.run();
  CHECK(seen == std::vector{0});
  events[1].set();
  executor.run();
  CHECK(seen == std::vector{0, 1, 2});
  CHECK(started.done());
  CHECK(Tracked::all_well());
}

TEST_CASE("a generator joins tasks that it starts", "[coro][generator]") {
  auto body = []() -> Generator<int> {
    auto [first, second] = co_await gyre::when_all(plus_one(1), plus_one(2));
    co_yield first;
    co_yield second;
  };
  CHECK(collect(body()) == std::vector{2, 3});
}

TEST_CASE("a generator yields what converts, and what can only be moved", "[coro][generator]") {
  auto texts = []() -> Generator<std::string> {
    co_yield "a literal that is too long to stay inside of a string";
    std::string text = "an lvalue is copied";
    co_yield text;
    co_yield text + "!";
    co_yield std::move(text);
    co_yield {};
  };
  CHECK(collect(texts()) == std::vector<std::string>{"a literal that is too long to stay inside of a string",
                                                     "an lvalue is copied", "an lvalue is copied!",
                                                     "an lvalue is copied", ""});

  auto pointers = []() -> Generator<std::unique_ptr<int>> {
    co_yield std::make_unique<int>(1);
    auto named = std::make_unique<int>(2);
    co_yield std::move(named);
    co_yield nullptr;
  };
  const auto owned = collect(pointers());
  REQUIRE(owned.size() == 3);
  CHECK(*owned[0] + *owned[1] == 3);
  CHECK(owned[2] == nullptr);
}

TEST_CASE("a view that is yielded lives until the next value is asked for", "[coro][generator]") {
  auto views = []() -> Generator<std::string_view> {
    co_yield std::string(40, 'a');  // a temporary of the expression that suspends
    const std::string local(40, 'b');
    co_yield local;
  };
  auto body = [&views]() -> Task<std::string> {
    std::string text;
    Generator<std::string_view> source = views();
    while (std::optional<std::string_view> view = co_await source.next()) text += *view;
    co_return text;
  };
  CHECK(sync_wait(body()) == std::string(40, 'a') + std::string(40, 'b'));
}

TEST_CASE("a generator makes one value at a time and keeps none", "[coro][generator]") {
  auto body = []() -> Generator<Tracked> {
    co_yield Tracked(1);
    const Tracked local(2);
    co_yield local;
  };
  auto consume = [&body]() -> Task<> {
    Generator<Tracked> source = body();
    {
      const std::optional<Tracked> value = co_await source.next();
      CHECK(value->get() == 1);
      CHECK(Tracked::living() == 2);  // it, and the temporary that it came from
    }
    {
      const std::optional<Tracked> value = co_await source.next();
      CHECK(value->get() == 2);
    }
    CHECK(Tracked::living() == 1);
    const std::optional<Tracked> end = co_await source.next();
    CHECK_FALSE(end);
  };
  sync_wait(consume());
  CHECK(Tracked::all_well());
}

TEST_CASE("wrong yields do not compile", "[coro][generator]") {
  using Vector = std::vector<int>;
  constexpr auto yields = []<class T, class U>(std::type_identity<T>, std::type_identity<U>) {
    return requires(gyre::detail::GeneratorPromise<T>& promise, U value) { promise.yield_value(std::move(value)); };
  };
  CHECK(yields(std::type_identity<long>{}, std::type_identity<int>{}));
  CHECK(yields(std::type_identity<std::string>{}, std::type_identity<const char*>{}));
  CHECK_FALSE(yields(std::type_identity<Vector>{}, std::type_identity<int>{}));
  CHECK_FALSE(yields(std::type_identity<std::string>{}, std::type_identity<std::string_view>{}));
  CHECK_FALSE(yields(std::type_identity<std::unique_ptr<int>>{}, std::type_identity<int*>{}));
  CHECK_FALSE(std::is_copy_constructible_v<Generator<int>>);
  CHECK_FALSE(std::is_move_constructible_v<Generator<int>::Awaiter>);
}

TEST_CASE("what the body throws comes out of next once, and then nothing comes", "[coro][generator]") {
  Generator<int> at_once = fail_after(0);
  CHECK_THROWS_WITH(next(at_once), "no more");
  CHECK(next(at_once) == std::nullopt);

  Generator<int> later = fail_after(1);
  CHECK(next(later) == 0);
  CHECK_THROWS_WITH(next(later), "no more");
  CHECK(later.done());
  CHECK(next(later) == std::nullopt);
  CHECK(Tracked::all_well());
}

TEST_CASE("a value whose construction throws fails at its co_yield", "[coro][generator]") {
  struct Uncopyable {
    Uncopyable() = default;
    Uncopyable(const Uncopyable&) { throw std::runtime_error("copy"); }
  };
  auto body = [](bool* caught) -> Generator<Uncopyable> {
    const Uncopyable value;
    try {
      co_yield value;
    } catch (const std::runtime_error&) {
      *caught = true;
    }
    co_yield value;
  };
  bool caught = false;
  Generator<Uncopyable> source = body(&caught);
  CHECK_THROWS_WITH(next(source), "copy");
  CHECK(caught);
  CHECK(source.done());
}

TEST_CASE("a generator that is destroyed early destroys its locals", "[coro][generator]") {
  auto body = [](Tracked parameter) -> Generator<int> {
    const Tracked local(2);
    co_yield parameter.get();
    co_yield local.get();
  };
  const gyre::FrameStatistics before = gyre::frame_statistics();
  {
    const Generator<int> never_asked = body(Tracked(1));
    CHECK(Tracked::living() == 1);
  }
  CHECK(Tracked::all_well());
  {
    Generator<int> source = body(Tracked(1));
    CHECK(next(source) == 1);
    CHECK(Tracked::living() == 2);
  }
  CHECK(Tracked::all_well());
  {
    auto first_of = [&body]() -> Task<int> {
      const std::optional<int> first = co_await body(Tracked(7)).next();
      CHECK(Tracked::living() == 0);  // the generator was gone with the expression
      co_return *first;
    };
    CHECK(sync_wait(first_of()) == 7);
  }
  const gyre::FrameStatistics after = gyre::frame_statistics();
  CHECK(after.allocated - before.allocated == after.released - before.released);
  CHECK(Tracked::all_well());
}

TEST_CASE("a generator owns its coroutine wherever it is moved", "[coro][generator]") {
  auto body = [](Tracked value) -> Generator<int> {
    while (true) co_yield value.get();
  };
  Generator<int> first = body(Tracked(1));
  CHECK(next(first) == 1);
  Generator<int> second = std::move(first);
  CHECK_FALSE(first);
  CHECK_FALSE(first.done());
  CHECK(next(second) == 1);
  first = body(Tracked(2));
  second = std::move(first);
  CHECK(Tracked::living() == 1);
  Generator<int>& alias = second;
  second = std::move(alias);
  REQUIRE(second);
  CHECK(next(second) == 2);
  second = {};
  CHECK(Tracked::all_well());
}

TEST_CASE("each value is made in the context of the task that awaits it", "[coro][generator]") {
  ManualExecutor executor;
  auto body = []() -> Generator<Context*> {
    while (true) {
      Context& context = co_await gyre::this_context();
      co_yield &context;
    }
  };
  Generator<Context*> source = body();
  for (int i = 0; i < 3; ++i) {
    Context context{executor};
    Started started{context, next_of(&source)};
    REQUIRE(started.done());
    CHECK(started.result() == &context);
  }
}

TEST_CASE("a cancellation ends the await of a generator, and so the generator", "[coro][generator]") {
  ManualExecutor executor;
  std::vector<Event> events(2);
  Generator<int> source = numbers_of(&events);
  Context context{executor};
  Started parked{context, next_of(&source)};
  CHECK_FALSE(parked.done());
  context.cancel(gyre::CancelReason::requested);
  CHECK_FALSE(parked.done());  // nothing runs inside cancel
  executor.run();
  CHECK(parked.cancelled());
  CHECK(source.done());
  CHECK(Tracked::all_well());

  Context fresh{executor};
  Started after{fresh, next_of(&source)};
  REQUIRE(after.done());
  CHECK(after.result() == std::nullopt);
}

TEST_CASE("a value that needs no wait arrives in a cancelled context too", "[coro][generator]") {
  ManualExecutor executor;
  Context context{executor};
  context.cancel(gyre::CancelReason::requested);
  Generator<int> source = count_to(1);
  Started started{context, next_of(&source)};
  REQUIRE(started.done());
  CHECK(started.result() == 1);
}

namespace {

Task<long> add_up(StackRange* stack, Generator<int> source) {
  long sum = 0;
  while (std::optional<int> value = co_await source.next()) {
    sum += *value;
    stack->note();
  }
  co_return sum;
}

Generator<int> ones(StackRange* stack, int count) {
  for (int i = 0; i < count; ++i) {
    stack->note();
    co_yield 1;
  }
}

// A generator inside of a generator inside of ...
Generator<int> relay(StackRange* stack, int depth, int count) {
  Generator<int> source = depth > 0 ? relay(stack, depth - 1, count) : ones(stack, count);
  while (std::optional<int> value = co_await source.next()) {
    stack->note();
    co_yield *value;
  }
}

}  // namespace

TEST_CASE("a million yields run on a flat stack and take two frames", "[coro][generator][stack]") {
  StackRange stack;
  const gyre::FrameStatistics before = gyre::frame_statistics();
  CHECK(sync_wait(add_up(&stack, ones(&stack, deep))) == deep);
  CHECK(gyre::frame_statistics().allocated - before.allocated == 2);
  CHECK(stack.bytes() < flat);
}

TEST_CASE("generators in generators hand values through on a flat stack", "[coro][generator][stack]") {
  StackRange stack;
  CHECK(sync_wait(add_up(&stack, relay(&stack, deep / 100, 10))) == 10);
  CHECK(stack.bytes() < flat);
}

TEST_CASE("nested generators that are left early are destroyed together", "[coro][generator]") {
  StackRange stack;
  const gyre::FrameStatistics before = gyre::frame_statistics();
  {
    Generator<int> source = relay(&stack, 10, 5);
    CHECK(next(source) == 1);
    CHECK(next(source) == 1);
  }
  const gyre::FrameStatistics after = gyre::frame_statistics();
  CHECK(after.allocated - before.allocated == after.released - before.released);
}

namespace {

// Leaves its handle with the test, which resumes it without a trampoline.
class Parking {
 public:
  explicit Parking(std::vector<std::coroutine_handle<>>& handles) : handles_(&handles) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { handles_->push_back(handle); }
  void await_resume() const noexcept {}

 private:
  std::vector<std::coroutine_handle<>>* handles_;
};

Generator<int> park_and_yield(std::vector<std::coroutine_handle<>>* handles) {
  const Tracked local(5);
  co_await Parking{*handles};
  co_yield local.get();
}

// The generator dies inside the resumption that its own yield began.
Task<int> take_first(std::vector<std::coroutine_handle<>>* handles) {
  std::optional<int> value;
  {
    Generator<int> source = park_and_yield(handles);
    value = co_await source.next();
  }
  co_return *value;
}

}  // namespace

TEST_CASE("a generator that foreign code resumes may be destroyed by its first value", "[coro][generator][foreign]") {
  ManualExecutor executor;
  Context context{executor};
  std::vector<std::coroutine_handle<>> handles;
  Started first{context, take_first(&handles)};
  Started second{context, take_first(&handles)};
  Started third{context, take_first(&handles)};
  REQUIRE(handles.size() == 3);
  handles.back().resume();  // no trampoline runs here
  handles.pop_back();
  REQUIRE(third.done());
  // One runs here: the first handle takes the place in it, the second is resumed inside.
  auto resume_all = [](std::vector<std::coroutine_handle<>>* parked) -> Task<> {
    for (const std::coroutine_handle<> handle : *parked) handle.resume();
    co_return;
  };
  Started resuming{context, resume_all(&handles)};
  CHECK(resuming.done());
  REQUIRE(first.done());
  REQUIRE(second.done());
  CHECK(first.result() + second.result() + third.result() == 15);
  CHECK(Tracked::all_well());
}

namespace {

// The ways of asking that docs/compilers.md leaves, in functions without a local at their top level (G7).
Task<> ask_in_while(Generator<int>* source, int* sum) {
  while (const std::optional<int> value = co_await source->next()) *sum += *value;
}
Task<> ask_in_for(Generator<int>* source, int* sum) {
  for (std::optional<int> value = co_await source->next(); value; value = co_await source->next()) *sum += *value;
}
Task<> ask_in_block(Generator<int>* source, int* sum) {
  while (true) {
    const std::optional<int> value = co_await source->next();
    if (!value) break;
    *sum += *value;
  }
}
Task<> ask_before_loop(Generator<int>* source, int* sum) {
  std::optional<int> value = co_await source->next();
  for (; value; value = co_await source->next()) *sum += *value;
}

}  // namespace

TEST_CASE("the ways of asking for all values work on every compiler", "[coro][generator][pitfalls]") {
  for (auto* ask : {ask_in_while, ask_in_for, ask_in_block, ask_before_loop}) {
    int sum = 0;
    Generator<int> source = count_to(4);
    sync_wait(ask(&source, &sum));
    CHECK(sum == 10);
  }
}
