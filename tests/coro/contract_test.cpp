// Breaking what the headers ask for aborts with a line, at once: in a child process here.
#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/generator.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/sync_wait.hpp>

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <optional>

using coro_test::ManualExecutor;
using gyre::Context;
using gyre::Event;
using gyre::Generator;
using gyre::Scope;
using gyre::Task;

namespace {

template <class Function>
bool aborts(Function function) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);  // Catch2 would report the abort once more
    ::close(STDERR_FILENO);
    function();
    ::_exit(0);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

Task<> wait_for(Event* event) { co_await event->wait(); }
Task<> nothing() { co_return; }
Generator<int> yield_after(Event* event) {
  co_await event->wait();
  co_yield 1;
}
Task<> ask(Generator<int>* source) { co_await source->next(); }

struct Fixture {
  ManualExecutor executor;
  Context context{executor};
  Event event;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "destroying a parked task aborts", "[coro][contract]") {
  CHECK(aborts([this] { coro_test::Started started{context, wait_for(&event)}; }));
}

TEST_CASE_METHOD(Fixture, "awaiting or starting a task twice, or an empty one, aborts", "[coro][contract]") {
  CHECK(aborts([this] {
    coro_test::Started started{context, []() -> Task<> {
                                 Task<> task = nothing();
                                 co_await std::move(task);
                                 co_await std::move(task);
                               }()};
  }));
  CHECK(aborts([this] { coro_test::Started started{context, Task<>{}}; }));
  CHECK(aborts([this] {
    Task<> task = nothing();
    coro_test::Started started{context, std::move(task)};
    gyre::sync_wait(std::move(task));
  }));
}

TEST_CASE_METHOD(Fixture, "destroying a parked generator, or letting two tasks ask one, aborts", "[coro][contract]") {
  CHECK(aborts([this] {
    Generator<int> source = yield_after(&event);
    coro_test::Started asking{context, ask(&source)};
    source = {};
  }));
  CHECK(aborts([this] {
    Generator<int> source = yield_after(&event);
    coro_test::Started first{context, ask(&source)};
    coro_test::Started second{context, ask(&source)};
  }));
  CHECK(aborts([] { (void)Generator<int>{}.next(); }));
}

TEST_CASE_METHOD(Fixture, "asking for the result of a task that has not ended aborts", "[coro][contract]") {
  CHECK(aborts([] { nothing().result(); }));
}

TEST_CASE_METHOD(Fixture, "a scope that dies with children aborts", "[coro][contract]") {
  CHECK(aborts([this] {
    std::optional<Scope> scope{std::in_place, context};
    scope->spawn(wait_for, &event);
    scope.reset();
  }));
}

TEST_CASE_METHOD(Fixture, "an event that dies with waiters aborts", "[coro][contract]") {
  CHECK(aborts([this] {
    std::optional<Event> mine{std::in_place};
    Scope scope{context};
    scope.spawn(wait_for, &*mine);
    mine.reset();
  }));
}

TEST_CASE_METHOD(Fixture, "a context that dies before its children aborts", "[coro][contract]") {
  CHECK(aborts([this] {
    std::optional<Context> parent{std::in_place, executor};
    const Context child{*parent};
    parent.reset();
  }));
}
