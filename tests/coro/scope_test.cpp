#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/sync_wait.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>

using coro_test::ManualExecutor;
using coro_test::Started;
using coro_test::Tracked;
using gyre::CancelReason;
using gyre::Context;
using gyre::Event;
using gyre::Scope;
using gyre::sync_wait;
using gyre::Task;

namespace {

Task<> wait_and_log(Event* event, std::string* log, char letter) {
  const Tracked local(letter);
  co_await event->wait();
  *log += static_cast<char>(local.get());
}

Task<> log_end(Event* event, std::string* log, char letter) {
  try {
    co_await event->wait();
  } catch (const gyre::Cancelled&) {
    *log += letter;
    throw;
  }
}

Task<> fail_after(Event* event, const char* text) {
  co_await event->wait();
  throw std::runtime_error(text);
}

Task<> nothing() { co_return; }

Task<> fail_now() {
  throw std::runtime_error("now");
  co_return;
}

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Event event;
  Event never;
  std::string log;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "join waits for every child", "[coro][scope]") {
  auto body = [](Fixture* all, Event* second) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(wait_and_log(&all->event, &all->log, 'a'));
    scope.spawn(wait_and_log, second, &all->log, 'b');
    CHECK(scope.size() == 2);
    co_await scope.join();
    CHECK(scope.size() == 0);
    all->log += "j";
  };
  Event second;
  Started started{context, body(this, &second)};
  second.set();
  executor.run();
  CHECK(log == "b");
  CHECK_FALSE(started.done());
  event.set();
  executor.run();
  CHECK(log == "baj");
  CHECK(started.done());
  CHECK(Tracked::all_well());
}

TEST_CASE("a scope without children joins at once, again and again", "[coro][scope]") {
  auto body = []() -> Task<int> {
    Scope scope{co_await gyre::this_context()};
    co_await scope.join();
    co_await scope.join();
    scope.spawn(nothing);
    co_await scope.join();
    scope.spawn(nothing());
    co_await scope.join();
    co_return 1;
  };
  CHECK(sync_wait(body()) == 1);
}

TEST_CASE("children that end inside spawn are joined all the same", "[coro][scope]") {
  auto body = []() -> Task<std::size_t> {
    Scope scope{co_await gyre::this_context()};
    for (int i = 0; i < 10; ++i) scope.spawn(nothing);
    const std::size_t size = scope.size();
    co_await scope.join();
    co_return size;
  };
  CHECK(sync_wait(body()) == 10);
}

TEST_CASE_METHOD(Fixture, "the first failure cancels the siblings and is rethrown when all have ended",
                 "[coro][scope]") {
  auto body = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(log_end(&all->never, &all->log, 'c'));
    scope.spawn(fail_after(&all->event, "first"));
    scope.spawn(fail_after(&all->event, "second"));
    try {
      co_await scope.join();
    } catch (const std::runtime_error& failure) {
      all->log += failure.what();
      all->log += gyre::name(scope.context().reason());
    }
    CHECK(scope.size() == 0);
  };
  Started started{context, body(this)};
  event.set();
  executor.run();
  CHECK(started.done());
  CHECK(log == "cfirstsibling");
  CHECK_FALSE(context.cancelled());
}

TEST_CASE_METHOD(Fixture, "a child that fails inside spawn cancels those before and after it", "[coro][scope]") {
  auto body = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(log_end, &all->never, &all->log, 'a');
    scope.spawn(fail_now);
    scope.spawn(log_end, &all->never, &all->log, 'b');
    co_await scope.join();
  };
  Started started{context, body(this)};
  executor.run();
  REQUIRE(started.done());
  CHECK_THROWS_WITH(started.result(), "now");
  CHECK(log == "ba");  // the later child found the scope cancelled already
}

TEST_CASE_METHOD(Fixture, "spawn keeps a capturing lambda and its arguments alive", "[coro][scope]") {
  auto body = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    {
      auto capturing = [tracked = Tracked('l'), all](Tracked argument, std::unique_ptr<int> owned) -> Task<> {
        co_await all->event.wait();
        all->log += static_cast<char>(tracked.get());
        all->log += static_cast<char>(argument.get() + *owned);
      };
      scope.spawn(std::move(capturing), Tracked('l'), std::make_unique<int>(1));
    }
    all->event.set();
    co_await scope.join();
  };
  Started started{context, body(this)};
  executor.run();
  CHECK(started.done());
  CHECK(log == "lm");
  CHECK(Tracked::all_well());
}

TEST_CASE("spawn takes member functions", "[coro][scope]") {
  struct Worker {
    Task<> work(int amount) {
      done += amount;
      co_return;
    }
    int done = 0;
  };
  auto body = []() -> Task<int> {
    Worker worker;
    Scope scope{co_await gyre::this_context()};
    scope.spawn(&Worker::work, &worker, 3);
    scope.spawn(&Worker::work, &worker, 4);
    co_await scope.join();
    co_return worker.done;
  };
  CHECK(sync_wait(body()) == 7);
}

TEST_CASE("spawn passes no references to copies unnoticed", "[coro][scope]") {
  constexpr auto spawns = []<class Function>(std::type_identity<Function>) {
    return requires(Scope& scope, Function function, int argument) { scope.spawn(function, argument); };
  };
  CHECK(spawns(std::type_identity<Task<> (*)(int)>{}));
  CHECK(spawns(std::type_identity<Task<> (*)(const int&)>{}));
  CHECK_FALSE(spawns(std::type_identity<Task<> (*)(int&)>{}));
  CHECK_FALSE(spawns(std::type_identity<Task<int> (*)(int)>{}));
}

TEST_CASE_METHOD(Fixture, "a child spawns siblings, also while the scope is joined", "[coro][scope]") {
  auto child = [](Scope* scope, Fixture* all, int more) -> Task<> {
    auto grow = [](auto self, Scope* where, Fixture* what, int left) -> Task<> {
      co_await what->event.wait();
      what->log += static_cast<char>('0' + left);
      if (left > 0) where->spawn(self, self, where, what, left - 1);
    };
    co_await grow(grow, scope, all, more);
  };
  auto body = [&child](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(child, &scope, all, 3);
    co_await scope.join();
    all->log += "j";
  };
  Started started{context, body(this)};
  event.set();
  executor.run();
  CHECK(started.done());
  CHECK(log == "3210j");
}

TEST_CASE_METHOD(Fixture, "a scope's own cancellation ends its children and lets join return", "[coro][scope]") {
  auto body = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(log_end, &all->never, &all->log, 'a');
    scope.spawn(log_end, &all->never, &all->log, 'b');
    scope.cancel();
    co_await scope.join();
    all->log += gyre::name(scope.context().reason());
  };
  Started started{context, body(this)};
  executor.run();
  REQUIRE(started.done());
  CHECK_NOTHROW(started.result());
  CHECK(log == "abrequested");
}

TEST_CASE_METHOD(Fixture, "a cancellation from above waits for the children and then unwinds the joiner",
                 "[coro][scope]") {
  auto body = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(log_end, &all->never, &all->log, 'a');
    co_await scope.join();
    all->log += "!";
  };
  Started started{context, body(this)};
  context.cancel(CancelReason::client_gone);
  executor.run();
  CHECK(started.cancelled());
  CHECK(log == "a");
}

TEST_CASE_METHOD(Fixture, "a cancellation from above that cut nothing short lets join return", "[coro][scope]") {
  auto body = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(wait_and_log, &all->event, &all->log, 'a');
    co_await scope.join();
    all->log += "j";
  };
  Started started{context, body(this)};
  event.set();
  context.cancel(CancelReason::client_gone);
  executor.run();
  REQUIRE(started.done());
  CHECK_NOTHROW(started.result());
  CHECK(log == "aj");
  CHECK(Tracked::all_well());
}

TEST_CASE_METHOD(Fixture, "a failure after a cancellation from above is rethrown", "[coro][scope]") {
  auto clean_up = [](Fixture* all) -> Task<> {
    bool cancelled = false;
    try {
      co_await all->never.wait();
    } catch (const gyre::Cancelled&) {
      cancelled = true;
    }
    if (cancelled) throw std::runtime_error("cleaning up failed");
  };
  auto body = [&clean_up](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(log_end, &all->never, &all->log, 'a');
    scope.spawn(clean_up, all);
    co_await scope.join();
  };
  Started started{context, body(this)};
  context.cancel(CancelReason::deadline);
  executor.run();
  REQUIRE(started.done());
  CHECK_THROWS_WITH(started.result(), "cleaning up failed");
}

TEST_CASE_METHOD(Fixture, "a scope in a cancelled context starts its children cancelled", "[coro][scope]") {
  context.cancel(CancelReason::shutdown);
  auto body = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(log_end, &all->never, &all->log, 'a');
    co_await scope.join();
  };
  Started started{context, body(this)};
  executor.run();
  CHECK(started.cancelled());
  CHECK(log == "a");
}

TEST_CASE("a child whose parameters spawn another child when they die is joined with it", "[coro][scope]") {
  struct Respawn {
    explicit Respawn(Scope* where, int* count) : scope(where), ends(count) {}
    Respawn(Respawn&& other) noexcept : scope(std::exchange(other.scope, nullptr)), ends(other.ends) {}
    ~Respawn() {
      if (scope == nullptr) return;
      ++*ends;
      scope->spawn(nothing);
    }
    Scope* scope;
    int* ends;
  };
  auto body = []() -> Task<int> {
    int ends = 0;
    Scope scope{co_await gyre::this_context()};
    auto child = [](Respawn) -> Task<> { co_return; };
    scope.spawn(child(Respawn{&scope, &ends}));
    co_await scope.join();
    co_return ends;
  };
  CHECK(sync_wait(body()) == 1);
}

TEST_CASE_METHOD(Fixture, "scopes nest and a failure climbs through all of them", "[coro][scope]") {
  auto inner = [](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(fail_after, &all->event, "deep");
    scope.spawn(log_end, &all->never, &all->log, 'i');
    co_await scope.join();
  };
  auto outer = [&inner](Fixture* all) -> Task<> {
    Scope scope{co_await gyre::this_context()};
    scope.spawn(log_end, &all->never, &all->log, 'o');
    scope.spawn(inner, all);
    co_await scope.join();
  };
  Started started{context, outer(this)};
  event.set();
  executor.run();
  REQUIRE(started.done());
  CHECK_THROWS_WITH(started.result(), "deep");
  CHECK(log == "io");
}
