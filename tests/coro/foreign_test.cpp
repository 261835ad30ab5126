// Coroutine types and awaitables of other libraries beside ours: what resumes our handles then is no trampoline of
// ours.
#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_all.hpp>

#include <catch2/catch.hpp>

#include <coroutine>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using coro_test::ManualExecutor;
using coro_test::StackRange;
using coro_test::Started;
using coro_test::Tracked;
using gyre::Context;
using gyre::Task;

namespace {

// An awaitable that leaves its handle with whoever will call `resume` on it directly.
class Parked {
 public:
  auto operator co_await() noexcept {
    struct Awaiter {
      explicit Awaiter(std::vector<std::coroutine_handle<>>& list) : handles(&list) {}
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) const { handles->push_back(handle); }
      void await_resume() const noexcept {}
      std::vector<std::coroutine_handle<>>* handles;
    };
    return Awaiter{handles_};
  }
  void resume_all() {
    for (const std::coroutine_handle<> handle : std::exchange(handles_, {})) handle.resume();
  }
  std::size_t size() const { return handles_.size(); }

 private:
  std::vector<std::coroutine_handle<>> handles_;
};

// The usual task of another library, with symmetric transfer.
class ForeignTask {
 public:
  struct promise_type {
    ForeignTask get_return_object() { return ForeignTask{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> handle) noexcept {
        return handle.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(int result) { value = result; }
    void unhandled_exception() { failure = std::current_exception(); }

    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::exception_ptr failure;
    int value = 0;
  };

  explicit ForeignTask(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  ForeignTask(ForeignTask&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  ~ForeignTask() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
    handle_.promise().continuation = parent;
    return handle_;
  }
  int await_resume() {
    if (handle_.promise().failure) std::rethrow_exception(handle_.promise().failure);
    return handle_.promise().value;
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

ForeignTask foreign_work(Parked* parked, int value) {
  if (parked != nullptr) co_await *parked;
  if (value < 0) throw std::runtime_error("foreign failure");
  co_return value;
}

// A coroutine type of somebody else that may await our tasks: its promise tells the context.
struct Foreign {
  struct promise_type {
    template <class... Args>
    explicit promise_type(Context& context, Args&...) : context_(&context) {}
    Foreign get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }  // frees its own frame, at once
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
    Context& context() const noexcept { return *context_; }

   private:
    Context* context_;
  };
};

Task<int> wait_then(Parked* parked, int value) {
  const Tracked local(value);
  co_await *parked;
  co_return local.get();
}

Task<int> through(Parked* parked, int value) {
  const int inner = co_await wait_then(parked, value);
  co_return inner + 1;
}

Task<int> plus_one(int value) { co_return value + 1; }

// Functions, not lambdas: whether a lambda's closure is the promise's first argument differs between the compilers.
Foreign await_at_once(Context&, int* sum) {
  const Tracked local(1);
  const int first = co_await plus_one(1);
  const int second = co_await plus_one(first);
  *sum += second + local.get();
}

Foreign await_later(Context&, Parked* parked, int* sum) {
  const Tracked local(2);
  const int value = co_await through(parked, 5);
  *sum += value + local.get();
}

Foreign await_many(Context&, StackRange* stack, long* sum) {
  for (int i = 0; i < coro_test::deep; ++i) {
    *sum += co_await plus_one(0);
    stack->note();
  }
}

}  // namespace

TEST_CASE("a task awaits a foreign coroutine that ends at once, later or with an exception", "[coro][foreign]") {
  ManualExecutor executor;
  Context context{executor};
  Parked parked;
  auto body = [](Parked* later, int value) -> Task<int> {
    auto foreign = foreign_work(later, value);
    const int result = co_await std::move(foreign);
    co_return co_await plus_one(result);
  };
  Started at_once{context, body(nullptr, 4)};
  REQUIRE(at_once.done());
  CHECK(at_once.result() == 5);

  Started later{context, body(&parked, 6)};
  CHECK_FALSE(later.done());
  parked.resume_all();
  REQUIRE(later.done());
  CHECK(later.result() == 7);

  Started failing{context, body(nullptr, -1)};
  REQUIRE(failing.done());
  CHECK_THROWS_WITH(failing.result(), "foreign failure");
}

TEST_CASE("a handle that foreign code resumes runs its whole chain of tasks", "[coro][foreign]") {
  ManualExecutor executor;
  Context context{executor};
  Parked parked;
  Started started{context, through(&parked, 1)};
  CHECK_FALSE(started.done());
  parked.resume_all();  // no trampoline runs here: the final suspension starts one
  REQUIRE(started.done());
  CHECK(started.result() == 2);
  CHECK(Tracked::all_well());
}

TEST_CASE("a join whose last child foreign code resumes destroys that child from inside its end", "[coro][foreign]") {
  ManualExecutor executor;
  Context context{executor};
  Parked parked;
  auto body = [](Parked* both) -> Task<int> {
    auto [first, second] = co_await gyre::when_all(through(both, 1), wait_then(both, 10));
    co_return first + second;
  };
  Started started{context, body(&parked)};
  REQUIRE(parked.size() == 2);
  parked.resume_all();
  REQUIRE(started.done());
  CHECK(started.result() == 12);
  CHECK(Tracked::all_well());
}

TEST_CASE("a task may resume several parked handles in a row", "[coro][foreign]") {
  ManualExecutor executor;
  Context context{executor};
  Parked parked;
  Started first{context, through(&parked, 1)};
  Started second{context, through(&parked, 2)};
  Started third{context, through(&parked, 3)};
  auto resumer = [](Parked* handles) -> Task<int> {
    handles->resume_all();
    co_return co_await plus_one(0);
  };
  Started resuming{context, resumer(&parked)};
  CHECK(resuming.done());
  REQUIRE(first.done());
  REQUIRE(second.done());
  REQUIRE(third.done());
  CHECK(first.result() + second.result() + third.result() == 9);
  CHECK(Tracked::all_well());
}

TEST_CASE("a foreign coroutine with a context awaits our tasks and may end inside its own await", "[coro][foreign]") {
  ManualExecutor executor;
  Context context{executor};
  Parked parked;
  int sum = 0;
  await_at_once(context, &sum);
  CHECK(sum == 4);

  await_later(context, &parked, &sum);
  CHECK(sum == 4);
  parked.resume_all();
  CHECK(sum == 12);
  CHECK(Tracked::all_well());
}

TEST_CASE("a foreign coroutine that awaits many tasks in a row stays on a flat stack", "[coro][foreign]") {
  ManualExecutor executor;
  Context context{executor};
  StackRange stack;
  long sum = 0;
  await_many(context, &stack, &sum);
  CHECK(sum == coro_test::deep);
  CHECK(stack.bytes() < coro_test::flat);
}
