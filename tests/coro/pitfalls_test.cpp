// docs/compilers.md lists the forms that g++ 12.2 miscompiles (G1 to G8) and what to write instead. What it recommends
// is tested here on every compiler; the plain forms only where the compiler is right.
#include "coro_support.hpp"

#include <gyre/coro/event.hpp>

#include <catch2/catch.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(__clang__) || !defined(__GNUC__) || __GNUC__ > 12 || (__GNUC__ == 12 && __GNUC_MINOR__ >= 3)
#define GYRE_COMPILES_PLAIN_FORMS 1
#endif

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::Context;
using gyre::Event;
using gyre::Task;

namespace {

// Suspends really: what a compiler moved into the frame wrongly is used after that.
Task<> turn() {
  Context& context = co_await gyre::this_context();
  struct Setter : gyre::Work {
    explicit Setter(Event& target) : Work(&Setter::execute), event(&target) {}
    static void execute(gyre::Work& work) noexcept { static_cast<Setter&>(work).event->set(); }
    Event* event;
  };
  Event event;
  Setter setter{event};
  context.executor().schedule(setter);
  co_await event.wait();
}

struct Options {
  Tracked first;
  Tracked second{0};
  int extra = 0;
};

// The same with a constructor: no aggregate.
struct BuiltOptions {
  BuiltOptions(Tracked one, Tracked two, int more = 0) : first(std::move(one)), second(std::move(two)), extra(more) {}
  Tracked first;
  Tracked second;
  int extra;
};

// An aggregate whose members need no destructor is harmless.
struct PlainOptions {
  int first = 0;
  int second = 0;
};

template <class Function, class... Args>
Task<int> call(Function function, Args... args) {
  co_await turn();
  co_return function(args...);
}
Task<int> by_value(Tracked tracked) {
  co_await turn();
  co_return tracked.get();
}
Task<int> by_reference(const Tracked& tracked) {
  co_await turn();
  co_return tracked.get();
}
Task<Tracked> make(int value) {
  co_await turn();
  co_return Tracked(value);
}
template <class AnyOptions>
Task<int> sum(AnyOptions options) {
  co_await turn();
  co_return options.first.get() + options.second.get() + options.extra;
}
Task<int> plain_sum(PlainOptions options) {
  co_await turn();
  co_return options.first + options.second;
}
Task<int> total(std::vector<Tracked> values) {
  co_await turn();
  int result = 0;
  for (const Tracked& value : values) result += value.get();
  co_return result;
}
template <class... Values>
Task<int> total_of(Values... values) {
  co_await turn();
  co_return (values.get() + ...);
}
Task<bool> less(int left, int right) {
  co_await turn();
  co_return left < right;
}

// Runs the task to its end; true if it ended well and nothing of its objects is left or was destroyed twice.
bool runs(Task<int> task, int expected) {
  ManualExecutor executor;
  Context context{executor};
  bool well = false;
  {
    Started started{context, std::move(task)};
    executor.run();
    well = started.done() && started.result() == expected;
  }
  return Tracked::all_well() && well;
}

}  // namespace

TEST_CASE("G1: a closure with captures is named before it is an argument", "[coro][pitfalls]") {
  auto named = []() -> Task<int> {
    auto closure = [tracked = Tracked(9)] { return tracked.get(); };
    co_return co_await call(std::move(closure));
  };
  CHECK(runs(named(), 9));
  auto named_task = []() -> Task<int> {
    const Tracked captured(9);
    auto task = call([captured] { return captured.get(); });
    co_return co_await std::move(task);
  };
  CHECK(runs(named_task(), 9));
  auto by_arguments = []() -> Task<int> {
    co_return co_await call([](const Tracked& tracked) { return tracked.get(); }, Tracked(9));
  };
  CHECK(runs(by_arguments(), 9));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  auto plain = []() -> Task<int> { co_return co_await call([tracked = Tracked(9)] { return tracked.get(); }); };
  CHECK(runs(plain(), 9));
#endif
}

TEST_CASE("G2: a coroutine lambda takes parameters instead of captures", "[coro][pitfalls]") {
  auto parameters = []() -> Task<int> {
    const Tracked outer(4);
    co_return co_await [](Tracked tracked) -> Task<int> {
      co_await turn();
      co_return tracked.get();
    }(outer);
  };
  CHECK(runs(parameters(), 4));
  auto named = []() -> Task<int> {
    auto body = [tracked = Tracked(4)]() -> Task<int> {
      co_await turn();
      co_return tracked.get();
    };
    co_return co_await body();
  };
  CHECK(runs(named(), 4));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  auto plain = []() -> Task<int> {
    co_return co_await [tracked = Tracked(4)]() -> Task<int> {
      co_await turn();
      co_return tracked.get();
    }();
  };
  CHECK(runs(plain(), 4));
#endif
}

TEST_CASE("G3: options with members that need a destructor have a constructor or a name", "[coro][pitfalls]") {
  auto with_constructor = []() -> Task<int> { co_return co_await sum<BuiltOptions>({Tracked(1), Tracked(2), 3}); };
  CHECK(runs(with_constructor(), 6));
  auto named = []() -> Task<int> {
    Options options{.first = Tracked(1), .second = Tracked(2), .extra = 3};
    const int copied = co_await sum(options);
    co_return copied * 10 + co_await sum(std::move(options));
  };
  CHECK(runs(named(), 66));
  auto trivial = []() -> Task<int> { co_return co_await plain_sum({.first = 1, .second = 2}); };
  CHECK(runs(trivial(), 3));
  auto temporary_of_a_class = []() -> Task<int> {
    const int value = co_await by_value(Tracked(1));
    co_return value + co_await by_reference(Tracked(2));
  };
  CHECK(runs(temporary_of_a_class(), 3));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  auto designated = []() -> Task<int> { co_return co_await sum(Options{.first = Tracked(1), .second = Tracked(2)}); };
  CHECK(runs(designated(), 3));
  auto braces = []() -> Task<int> { co_return co_await sum<Options>({Tracked(1), Tracked(2), 3}); };
  CHECK(runs(braces(), 6));
#endif
}

TEST_CASE("G4: awaits come before the braces that take their results", "[coro][pitfalls]") {
  auto locals_first = []() -> Task<int> {
    Tracked first = co_await make(1);
    Tracked second = co_await make(2);
    const Options options{std::move(first), std::move(second), 3};
    const Tracked array[2] = {options.first, options.second};
    co_return options.first.get() + options.second.get() + options.extra + array[1].get();
  };
  CHECK(runs(locals_first(), 8));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  auto in_braces = []() -> Task<int> {
    const Options options{co_await make(1), co_await make(2), 3};
    co_return options.first.get() + options.second.get() + options.extra;
  };
  CHECK(runs(in_braces(), 6));
  auto in_array = []() -> Task<int> {
    const Tracked array[2] = {co_await make(1), co_await make(2)};
    co_return array[0].get() + array[1].get();
  };
  CHECK(runs(in_array(), 3));
#endif
}

TEST_CASE("G5: if and else instead of a conditional expression with an await", "[coro][pitfalls]") {
  auto if_else = [](bool choice) -> Task<int> {
    Tracked result(0);
    if (choice) {
      result = co_await make(1);
    } else {
      result = Tracked(2);
    }
    co_return result.get();
  };
  CHECK(runs(if_else(true), 1));
  CHECK(runs(if_else(false), 2));
  auto chosen_before = [](bool choice) -> Task<int> {
    Tracked chosen = choice ? Tracked(1) : Tracked(2);
    co_return co_await by_value(std::move(chosen));
  };
  CHECK(runs(chosen_before(false), 2));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  auto conditional = [](bool choice) -> Task<int> {
    const Tracked result = choice ? co_await make(1) : Tracked(2);
    co_return result.get();
  };
  CHECK(runs(conditional(true), 1));
  CHECK(runs(conditional(false), 2));
  auto in_argument = [](bool choice) -> Task<int> { co_return co_await by_value(choice ? Tracked(1) : Tracked(2)); };
  CHECK(runs(in_argument(true), 1));
#endif
}

TEST_CASE("G6: a list of elements is a named vector or separate arguments", "[coro][pitfalls]") {
  auto named = []() -> Task<int> {
    std::vector<Tracked> values{Tracked(1), Tracked(2)};
    co_return co_await total(std::move(values));
  };
  CHECK(runs(named(), 3));
  auto variadic = []() -> Task<int> { co_return co_await total_of(Tracked(1), Tracked(2), Tracked(3)); };
  CHECK(runs(variadic(), 6));
  auto pushed = []() -> Task<int> {
    std::vector<Tracked> values;
    values.push_back(co_await make(1));
    values.push_back(co_await make(2));
    co_return values[0].get() + values[1].get();
  };
  CHECK(runs(pushed(), 3));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  auto list = []() -> Task<int> { co_return co_await total({Tracked(1), Tracked(2)}); };
  CHECK(runs(list(), 3));
  auto awaits_in_list = []() -> Task<int> {
    const std::vector<Tracked> values{co_await make(1), co_await make(2)};
    co_return values[0].get() + values[1].get();
  };
  CHECK(runs(awaits_in_list(), 3));
#endif
}

namespace {

// Functions, not lambdas: g++ 12.2 spares the bodies of lambdas.
Task<> count_with_names(int* steps) {
  const bool small = co_await less(*steps, 2);
  if (small) *steps += 10;
  bool more = co_await less(*steps, 13);
  while (more) {
    ++*steps;
    more = co_await less(*steps, 13);
  }
  if (!small) co_return;
  const bool again = co_await less(0, *steps);
  if (again) *steps += 100;
}
Task<int> leave_with_name(int value) {
  const bool small = co_await less(value, 2);
  if (!small) co_return 1;
  co_return 2;
}

#if defined(GYRE_COMPILES_PLAIN_FORMS)
Task<> count_plainly(int* steps) {
  if (co_await less(*steps, 2)) *steps += 10;
  while (co_await less(*steps, 13)) ++*steps;
  if (!co_await less(*steps, 0) && co_await less(0, *steps)) *steps += 100;
}
Task<int> leave_plainly(int value) {
  if (!co_await less(value, 2)) co_return 1;
  co_return 2;
}
#endif

// The steps that a function counts, starting from 1.
Task<int> counted(Task<> (*count)(int*)) {
  int steps = 1;
  co_await count(&steps);
  co_return steps;
}

}  // namespace

TEST_CASE("G7: the result of an await has a name before it is a condition", "[coro][pitfalls]") {
  CHECK(runs(counted(count_with_names), 113));
  CHECK(runs(leave_with_name(1), 2));
  CHECK(runs(leave_with_name(5), 1));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  CHECK(runs(counted(count_plainly), 113));
  CHECK(runs(leave_plainly(1), 2));
  CHECK(runs(leave_plainly(5), 1));
#endif
}

namespace {

// An awaiter of the recommended kind: a constructor, and its error comes out of await_resume.
class ReportingAwaiter {
 public:
  explicit ReportingAwaiter(Tracked tracked) : tracked_(std::move(tracked)) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) noexcept {
    failed_ = true;
    return false;
  }
  int await_resume() const {
    if (failed_) throw std::runtime_error("reported");
    return tracked_.get();
  }

 private:
  Tracked tracked_;
  bool failed_ = false;
};

struct AggregateAwaiter {
  Tracked tracked;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const { throw std::runtime_error("reported"); }
  int await_resume() const noexcept { return 0; }
};

template <class MakeAwaiter>
Task<int> catch_from(MakeAwaiter) {
  int result = 0;
  try {
    result = co_await MakeAwaiter{}();
  } catch (const std::runtime_error&) {
    result = 1;
  }
  co_await turn();
  co_return result;
}

}  // namespace

TEST_CASE("G8: an awaiter has a constructor and reports errors from await_resume", "[coro][pitfalls]") {
  CHECK(runs(catch_from([] { return ReportingAwaiter{Tracked(1)}; }), 1));
#if defined(GYRE_COMPILES_PLAIN_FORMS)
  auto plain = []() -> Task<int> {
    int result = 0;
    try {
      co_await AggregateAwaiter{Tracked(1)};
    } catch (const std::runtime_error&) {
      result = 1;
    }
    co_await turn();
    co_return result;
  };
  CHECK(runs(plain(), 1));
#endif
}

TEST_CASE("what is safe on every compiler stays so", "[coro][pitfalls]") {
  auto nested_arguments = []() -> Task<int> {
    co_return co_await by_value(co_await make(co_await by_value(Tracked(3))));
  };
  CHECK(runs(nested_arguments(), 3));
  auto several_in_one_call = []() -> Task<int> {
    auto add = [](const Tracked& first, const Tracked& second, const Tracked& third) {
      return first.get() * 100 + second.get() * 10 + third.get();
    };
    co_return add(Tracked(1), co_await make(2), Tracked(3));
  };
  CHECK(runs(several_in_one_call(), 123));
  auto in_text = []() -> Task<int> {
    std::string text = "a text that is long enough for the heap";
    text += std::string("b") + std::to_string(co_await by_value(Tracked(3))) + std::string(40, 'z');
    co_return static_cast<int>(text.size());
  };
  CHECK(runs(in_text(), 39 + 2 + 40));
  auto assigned = []() -> Task<int> {
    Tracked tracked(1);
    tracked = co_await make(5);
    const int before = tracked.get();
    for (int i = 0; i < 3; ++i) tracked = co_await make(tracked.get() + i);
    co_return before * 10 + tracked.get();
  };
  CHECK(runs(assigned(), 58));
}
