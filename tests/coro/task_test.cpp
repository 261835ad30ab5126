#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/sync_wait.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::Context;
using gyre::Event;
using gyre::sync_wait;
using gyre::Task;

namespace {

Task<int> answer() { co_return 42; }

Task<> set_flag(bool* flag) {
  *flag = true;
  co_return;
}

// Neither default-constructible nor copyable nor assignable.
class Sealed {
 public:
  explicit Sealed(int value) : value_(value) {}
  Sealed(Sealed&&) = default;
  Sealed(const Sealed&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

struct ThrowsOnMove {
  explicit ThrowsOnMove(int moves_left) : moves(moves_left) {}
  ThrowsOnMove(ThrowsOnMove&& other) : moves(other.moves - 1) {
    if (moves < 0) throw std::runtime_error("moved once too often");
  }
  Tracked tracked{1};
  int moves;
};

template <class Exception>
Task<int> fail_with(Exception exception) {
  throw exception;
  co_return 0;
}

template <class Exception>
Task<> fail_without_value(Exception exception) {
  throw exception;
  co_return;
}

// Catches on the way through two tasks, as a handler would.
template <class Exception>
Task<bool> caught_two_levels_up(Exception exception) {
  bool caught = false;
  try {
    auto middle = [](Exception inner) -> Task<int> { co_return co_await fail_with(std::move(inner)); };
    co_await middle(exception);
  } catch (const Exception&) {
    caught = true;
  }
  co_return caught;
}

}  // namespace

TEST_CASE("a task does nothing before it is awaited", "[coro][task]") {
  bool ran = false;
  Task<> task = set_flag(&ran);
  CHECK_FALSE(ran);
  CHECK_FALSE(task.done());
  sync_wait(std::move(task));
  CHECK(ran);
}

TEST_CASE("a task hands over values, move-only and not default-constructible ones too", "[coro][task]") {
  CHECK(sync_wait(answer()) == 42);
  const auto pointer = sync_wait([]() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); }());
  CHECK(*pointer == 7);
  CHECK(sync_wait([]() -> Task<Sealed> { co_return Sealed{9}; }()).value() == 9);
  CHECK(sync_wait([]() -> Task<std::string> { co_return "converted"; }()) == "converted");
  CHECK(sync_wait([]() -> Task<std::vector<int>> { co_return {1, 2, 3}; }()).size() == 3);
}

TEST_CASE("co_return takes no explicit constructor, as return does not", "[coro][task]") {
  using Vector = std::vector<int>;
  constexpr auto returns = []<class T, class U>(std::type_identity<T>, std::type_identity<U>) {
    return requires(gyre::detail::Promise<T>& promise, U value) { promise.return_value(std::move(value)); };
  };
  CHECK(returns(std::type_identity<Vector>{}, std::type_identity<Vector>{}));
  CHECK_FALSE(returns(std::type_identity<Vector>{}, std::type_identity<int>{}));
  CHECK_FALSE(returns(std::type_identity<std::unique_ptr<int>>{}, std::type_identity<int*>{}));
  CHECK(returns(std::type_identity<long>{}, std::type_identity<int>{}));
}

TEST_CASE("a result whose move throws fails where it is moved", "[coro][task]") {
  auto give = [](int moves) -> Task<ThrowsOnMove> { co_return ThrowsOnMove{moves}; };
  // The first move is into the promise, the second into the caller.
  CHECK_THROWS_WITH(sync_wait(give(0)), "moved once too often");
  CHECK_THROWS_WITH(sync_wait(give(1)), "moved once too often");
  CHECK_NOTHROW(sync_wait(give(2)));
  CHECK(Tracked::all_well());
}

TEST_CASE("a destructor that throws after co_return turns the result into a failure", "[coro][task]") {
  struct Thrower {
    ~Thrower() noexcept(false) { throw std::runtime_error("late"); }
  };
  auto task = []() -> Task<Tracked> {
    const Thrower thrower;
    co_return Tracked{3};
  };
  CHECK_THROWS_WITH(sync_wait(task()), "late");
  CHECK(Tracked::all_well());
}

TEST_CASE("exceptions of any type pass through tasks", "[coro][task]") {
  CHECK(sync_wait(caught_two_levels_up(std::runtime_error("x"))));
  CHECK(sync_wait(caught_two_levels_up(17)));
  CHECK(sync_wait(caught_two_levels_up(std::string("text"))));
  CHECK(sync_wait(caught_two_levels_up(gyre::Cancelled{})));
  CHECK_THROWS_AS(sync_wait(fail_without_value(5)), int);
  CHECK_NOTHROW(sync_wait([]() -> Task<> { co_return; }()));
}

TEST_CASE("a task that was never started destroys its parameters and nothing else", "[coro][task]") {
  bool ran = false;
  auto body = [](Tracked first, Tracked second, bool* flag) -> Task<int> {
    *flag = true;
    const Tracked local(3);
    co_return first.get() + second.get() + local.get();
  };
  {
    Task<int> task = body(Tracked(1), Tracked(2), &ran);
    CHECK(Tracked::living() == 2);
  }
  CHECK(Tracked::all_well());
  CHECK_FALSE(ran);
}

TEST_CASE("a task owns its coroutine wherever it is moved", "[coro][task]") {
  auto body = [](Tracked value) -> Task<int> { co_return value.get(); };
  Task<int> first = body(Tracked(1));
  Task<int> second = std::move(first);
  CHECK_FALSE(first);
  REQUIRE(second);
  second = body(Tracked(2));
  CHECK(Tracked::living() == 1);
  Task<int>& alias = second;
  second = std::move(alias);
  REQUIRE(second);
  std::vector<Task<int>> many;
  many.push_back(std::move(second));
  for (int i = 0; i < 20; ++i) many.push_back(body(Tracked(i)));
  CHECK(sync_wait(std::move(many.front())) == 2);
  many.clear();
  CHECK(Tracked::all_well());
}

TEST_CASE("an exception while the parameters are copied leaves no frame behind", "[coro][task]") {
  struct Uncopyable {
    Uncopyable() = default;
    Uncopyable(const Uncopyable&) { throw std::runtime_error("copy"); }
  };
  auto body = [](Tracked, Uncopyable) -> Task<> { co_return; };
  const Uncopyable argument;
  const gyre::FrameStatistics before = gyre::frame_statistics();
  CHECK_THROWS_WITH(body(Tracked(1), argument), "copy");
  const gyre::FrameStatistics after = gyre::frame_statistics();
  CHECK(after.allocated - before.allocated == after.released - before.released);
  CHECK(Tracked::all_well());
}

TEST_CASE("an observer hears of an end inside start and of a later one", "[coro][task]") {
  ManualExecutor executor;
  Context context{executor};
  Event event;

  Started inline_end{context, answer()};
  CHECK(inline_end.done());
  CHECK(inline_end.result() == 42);

  auto wait = [](Event* awaited) -> Task<int> {
    co_await awaited->wait();
    co_return 1;
  };
  Started later{context, wait(&event)};
  CHECK_FALSE(later.done());
  event.set();
  CHECK(later.ends() == 0);  // nothing runs inside set
  executor.run();
  CHECK(later.done());
  CHECK(later.result() == 1);

  Started failed{context, fail_with(std::runtime_error("inside"))};
  CHECK(failed.done());
  CHECK_THROWS_WITH(failed.result(), "inside");
}

TEST_CASE("a task starts another from inside and both make progress", "[coro][task]") {
  ManualExecutor executor;
  Context context{executor};
  Event event;
  std::string steps;
  auto inner = [](Event* awaited, std::string* log) -> Task<> {
    *log += "b";
    co_await awaited->wait();
    *log += "d";
  };
  auto outer = [&inner](Event* awaited, std::string* log) -> Task<> {
    Context& mine = co_await gyre::this_context();
    *log += "a";
    Started child{mine, inner(awaited, log)};
    *log += "c";
    co_await awaited->wait();
    *log += "e";
    CHECK(child.done());
  };
  Started started{context, outer(&event, &steps)};
  CHECK(steps == "abc");
  event.set();
  executor.run();
  CHECK(steps == "abcde");
  CHECK(started.done());
}

TEST_CASE("sync_wait inside a task runs the inner task to its end and the outer one goes on", "[coro][task]") {
  auto inner = [](int depth) -> Task<int> {
    Event event;
    event.set();
    co_await event.wait();
    co_return depth;
  };
  auto outer = [&inner](int depth) -> Task<int> {
    const int before = co_await inner(depth);
    const int nested = sync_wait(inner(depth + 1));
    const int after = co_await inner(depth + 2);
    co_return before * 100 + nested * 10 + after;
  };
  CHECK(sync_wait(outer(1)) == 123);
}

TEST_CASE("a coroutine that is started in a catch block keeps the caught exception apart", "[coro][task]") {
  ManualExecutor executor;
  Context context{executor};
  std::string text;
  auto throws_inside = []() -> Task<int> {
    try {
      throw std::logic_error("inner");
    } catch (const std::logic_error&) {
      co_return 1;
    }
  };
  try {
    throw std::runtime_error("outer");
  } catch (const std::runtime_error&) {
    Started started{context, throws_inside()};
    CHECK(started.result() == 1);
    try {
      throw;
    } catch (const std::exception& again) {
      text = again.what();
    }
  }
  CHECK(text == "outer");
}

TEST_CASE("locals of a task end before its parameters and its result outlives both", "[coro][task]") {
  auto body = [](Tracked parameter) -> Task<Tracked> {
    Tracked local(parameter.get() + 1);
    co_return local;
  };
  auto parent = [&body]() -> Task<int> {
    const Tracked result = co_await body(Tracked(1));
    CHECK(Tracked::living() == 1);  // the frame of the awaited task is gone with the expression
    co_return result.get();
  };
  CHECK(sync_wait(parent()) == 2);
  CHECK(Tracked::all_well());
}

TEST_CASE("this_context and now never suspend", "[coro][task]") {
  ManualExecutor executor;
  executor.time = gyre::TimePoint{std::chrono::seconds{5}};
  Context context{executor};
  auto body = [](Context* expected) -> Task<gyre::TimePoint> {
    Context& mine = co_await gyre::this_context();
    CHECK(&mine == expected);
    const gyre::TimePoint time = co_await gyre::now();
    co_return time;
  };
  Started started{context, body(&context)};
  REQUIRE(started.done());
  CHECK(started.result() == executor.time);
  context.cancel(gyre::CancelReason::requested);
  Started in_cancelled{context, body(&context)};
  CHECK(in_cancelled.done());
}
