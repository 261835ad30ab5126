#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/coro/when_any.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::CancelReason;
using gyre::CompletionCallback;
using gyre::Context;
using gyre::Errc;
using gyre::Error;
using gyre::Event;
using gyre::from_callback;
using gyre::Result;
using gyre::sync_wait;
using gyre::Task;

namespace {

/// An API that keeps callbacks until the test calls or drops them.
struct Api {
  std::function<void(Result<int>)> done;
  int cancels = 0;

  auto starter() {
    return [this](CompletionCallback<int> callback) { done = std::move(callback); };
  }
  auto canceller() {
    return [this] { ++cancels; };
  }
  void drop() { done = nullptr; }
};

std::string text_of(const Result<int>& result) {
  return result ? std::to_string(*result) : std::string{name(result.error().code())};
}

Task<std::string> use(Api* api) {
  const Tracked local(1);
  const Result<int> result = co_await from_callback<int>(api->starter(), api->canceller());
  co_return text_of(result);
}

/// Ends one turn later.
Task<> turn() {
  struct Setter : gyre::Work {
    explicit Setter(Event& target) : Work(&Setter::execute), event(&target) {}
    static void execute(gyre::Work& work) noexcept { static_cast<Setter&>(work).event->set(); }
    Event* event;
  };
  Event event;
  Setter setter{event};
  Context& context = co_await gyre::this_context();
  context.executor().schedule(setter);
  co_await event.wait();
}

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Api api;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the first call of a callback is the result, from the queue", "[coro][callback]") {
  Started started{context, use(&api)};
  const auto copy = api.done;
  copy(7);
  CHECK_FALSE(started.done());
  copy(8);
  api.done(Errc::closed);
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == "7");
  api.done(9);  // late: nobody listens
  api.drop();
  CHECK(api.cancels == 0);
  CHECK(context.idle());
  CHECK(executor.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a callback may be called inside start, and with an error", "[coro][callback]") {
  auto now = []() -> Task<std::string> {
    auto start = [](const CompletionCallback<int>& callback) { callback(3); };
    const Result<int> result = co_await from_callback<int>(start);
    co_return text_of(result);
  };
  CHECK(sync_wait(now()) == "3");
  Started failing{context, use(&api)};
  api.done(Error{Errc::connection_reset, 104});
  executor.run();
  CHECK(failing.result() == "connection_reset");
}

TEST_CASE_METHOD(Fixture, "callbacks that all die uncalled are an error, not a hang", "[coro][callback]") {
  Started started{context, use(&api)};
  auto copy = api.done;
  api.drop();
  executor.run();
  CHECK_FALSE(started.done());
  copy = nullptr;
  executor.run();
  REQUIRE(started.done());
  CHECK(started.result() == "broken_callback");
  auto at_once = []() -> Task<std::string> {
    auto start = [](const CompletionCallback<int>&) {};
    const Result<int> result = co_await from_callback<int>(start);
    co_return text_of(result);
  };
  CHECK(sync_wait(at_once()) == "broken_callback");
}

TEST_CASE_METHOD(Fixture, "a cancellation asks once and waits for the end, whose value wins",
                 "[coro][callback][cancel]") {
  Started started{context, use(&api)};
  context.cancel(CancelReason::client_gone);
  context.cancel(CancelReason::shutdown);
  executor.run();
  CHECK(api.cancels == 1);
  CHECK_FALSE(started.done());
  SECTION("a value") {
    api.done(7);
    executor.run();
    CHECK(started.result() == "7");
  }
  SECTION("an error") {
    api.done(Errc::closed);
    executor.run();
    CHECK(started.result() == "closed");
  }
  SECTION("dropped") {
    api.drop();
    executor.run();
    CHECK(started.result() == "cancelled");
  }
  CHECK(context.idle());
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "in a cancelled context nothing is started", "[coro][callback][cancel]") {
  context.cancel(CancelReason::requested);
  Started started{context, use(&api)};
  REQUIRE(started.done());
  CHECK(started.result() == "cancelled");
  CHECK_FALSE(static_cast<bool>(api.done));
  CHECK(api.cancels == 0);
}

TEST_CASE_METHOD(Fixture, "an end and a cancellation in one turn: nobody is asked after the end",
                 "[coro][callback][cancel]") {
  const bool end_first = GENERATE(false, true);
  const bool drop = GENERATE(false, true);
  Started started{context, use(&api)};
  if (!end_first) context.cancel(CancelReason::requested);
  if (drop) {
    api.drop();
  } else {
    api.done(7);
  }
  if (end_first) context.cancel(CancelReason::requested);
  executor.run();
  REQUIRE(started.done());
  CHECK(api.cancels == (end_first ? 0 : 1));
  CHECK(started.result() == (!drop ? "7" : end_first ? "broken_callback" : "cancelled"));
}

TEST_CASE_METHOD(Fixture, "cancel may call or drop the callback itself", "[coro][callback][cancel]") {
  const bool drop = GENERATE(false, true);
  auto body = [](Api* all, bool only_drop) -> Task<std::string> {
    auto cancel = [all, only_drop] {
      if (!only_drop) all->done(5);
      all->drop();
    };
    const Result<int> result = co_await from_callback<int>(all->starter(), cancel);
    co_return text_of(result);
  };
  Started started{context, body(&api, drop)};
  context.cancel(CancelReason::requested);
  CHECK_FALSE(started.done());
  executor.run();
  CHECK(started.result() == (drop ? "cancelled" : "5"));
}

TEST_CASE_METHOD(Fixture, "a start that cancels its own context is asked to end", "[coro][callback][cancel]") {
  auto body = [](Api* all, Context* mine) -> Task<std::string> {
    auto start = [all, mine](CompletionCallback<int> callback) {
      all->done = std::move(callback);
      mine->cancel(CancelReason::requested);
    };
    auto cancel = [all] {
      ++all->cancels;
      all->drop();
    };
    const Result<int> result = co_await from_callback<int>(start, cancel);
    co_return text_of(result);
  };
  Started started{context, body(&api, &context)};
  executor.run();
  CHECK(started.result() == "cancelled");
  CHECK(api.cancels == 1);
}

TEST_CASE_METHOD(Fixture, "what start throws is rethrown, whatever became of the callback", "[coro][callback]") {
  enum class Before { dropped, kept, called };
  const Before before = GENERATE(Before::dropped, Before::kept, Before::called);
  auto body = [](Api* all, Before what) -> Task<> {
    auto start = [all, what](CompletionCallback<int> callback) {
      if (what != Before::dropped) all->done = callback;
      if (what == Before::called) callback(1);
      throw std::runtime_error("not today");
    };
    static_cast<void>(co_await from_callback<int>(start, all->canceller()));
  };
  Started started{context, body(&api, before)};
  executor.run();
  REQUIRE(started.done());
  CHECK_THROWS_WITH(started.result(), "not today");
  if (api.done) api.done(2);
  api.drop();
  CHECK(executor.idle());
}

TEST_CASE("values that can only be moved, and none at all", "[coro][callback]") {
  auto body = []() -> Task<int> {
    auto start = [](const CompletionCallback<std::unique_ptr<int>>& callback) { callback(std::make_unique<int>(6)); };
    const Result<std::unique_ptr<int>> pointer = co_await from_callback<std::unique_ptr<int>>(start);
    auto nothing = [](const CompletionCallback<void>& callback) { callback(); };
    const Result<void> done = co_await from_callback<void>(nothing);
    CHECK(done.has_value());
    co_return **pointer;
  };
  CHECK(sync_wait(body()) == 6);
  // A value that comes too late dies with its call.
  ManualExecutor executor;
  Context context{executor};
  auto tracked = []() -> Task<int> {
    auto start = [](const CompletionCallback<Tracked>& callback) {
      const CompletionCallback<Tracked> copy = callback;
      callback(Tracked(1));
      copy(Tracked(2));
    };
    const Result<Tracked> result = co_await from_callback<Tracked>(start);
    co_return result->get();
  };
  CHECK(sync_wait(tracked()) == 1);
  CHECK(Tracked::all_well());
}

// Two threads call or drop at once while the task's thread cancels: one end, once, whatever the interleaving.
TEST_CASE("callbacks are called, dropped and cancelled on several threads at once", "[coro][callback][threads]") {
  int values = 0;
  int cancels = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<std::thread> threads;
    auto call = [](std::vector<std::thread>* workers, int number, int* cancelled) -> Task<std::string> {
      auto start = [workers, number](CompletionCallback<int> callback) {
        for (int index = 0; index < 2; ++index) {
          workers->emplace_back([copy = callback, number, index]() mutable {
            const CompletionCallback<int> mine = std::move(copy);
            if ((number + index) % 3 != 0) mine(index);
          });
        }
      };
      auto cancel = [cancelled] { ++*cancelled; };
      const Result<int> result = co_await from_callback<int>(start, cancel);
      co_return text_of(result);
    };
    auto race = [&call](std::vector<std::thread>* workers, int number, int* cancelled) -> Task<std::string> {
      auto any = co_await gyre::when_any(call(workers, number, cancelled), turn());
      co_return *std::get<0>(any.results);
    };
    const int before = cancels;
    const std::string text =
        sync_wait(round % 2 == 0 ? call(&threads, round, &cancels) : race(&threads, round, &cancels));
    for (std::thread& thread : threads) thread.join();
    CHECK((text == "0" || text == "1"));
    CHECK(cancels - before <= round % 2);
    values += text.size() == 1;
  }
  CHECK(values == 300);
}

TEST_CASE("callbacks that several threads drop at once end the wait", "[coro][callback][threads]") {
  for (int round = 0; round < 300; ++round) {
    std::vector<std::thread> threads;
    auto body = [](std::vector<std::thread>* workers) -> Task<std::string> {
      auto start = [workers](const CompletionCallback<int>& callback) {
        for (int index = 0; index < 2; ++index) {
          workers->emplace_back([copy = callback]() mutable { const CompletionCallback<int> mine = std::move(copy); });
        }
      };
      const Result<int> result = co_await from_callback<int>(start);
      workers->at(0).join();  // what `start` filled is safe to use: the wait is over
      co_return text_of(result);
    };
    CHECK(sync_wait(body(&threads)) == "broken_callback");
    threads.at(1).join();
  }
}

// All orders of: call, drop of the other copy, cancel, one piece of work.
TEST_CASE("a callback ends its wait once in every order of call, drop, cancellation and turn", "[coro][callback]") {
  std::string order = "cdvt";
  do {
    ManualExecutor executor;
    Context context{executor};
    Api api;
    Started started{context, use(&api)};
    auto copy = api.done;
    for (const char step : order) {
      if (step == 'v') copy(7);
      if (step == 'd') api.drop();
      if (step == 'c') context.cancel(CancelReason::requested);
      if (step == 't' && !executor.idle()) executor.run_one();
    }
    executor.run();
    INFO(order);
    REQUIRE(started.done());
    CHECK(started.result() == "7");
    CHECK(api.cancels == (order.find('c') < order.find('v') ? 1 : 0));
    CHECK(context.idle());
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(Tracked::all_well());
}
