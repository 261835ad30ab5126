#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/sync_wait.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using gyre::Cancelled;
using gyre::Context;
using gyre::Event;
using gyre::Scope;
using gyre::sync_wait;
using gyre::Task;
using gyre::with_scope;

namespace {

Task<> wait_or_log(Event* event, std::string* log) {
  bool cancelled = false;
  try {
    co_await event->wait();
  } catch (const Cancelled&) {
    cancelled = true;
  }
  *log += cancelled ? "cancelled " : "waited ";
  if (cancelled) throw Cancelled{};
}

}  // namespace

TEST_CASE("with_scope waits for what its body has spawned", "[coro][scope]") {
  std::string log;
  Event event;
  auto body = [&](Scope& scope) -> Task<> {
    scope.spawn(wait_or_log, &event, &log);
    log += "body ";
    event.set();
    co_return;
  };
  sync_wait(with_scope(body));
  CHECK(log == "body waited ");
}

TEST_CASE("an exception in the body cancels and joins the children, then is rethrown", "[coro][scope]") {
  std::string log;
  Event never;
  auto body = [&](Scope& scope, std::string text) -> Task<> {
    scope.spawn(wait_or_log, &never, &log);
    throw std::runtime_error{text};
    co_return;
  };
  CHECK_THROWS_WITH(sync_wait(with_scope(body, std::string{"body failed"})), "body failed");
  CHECK(log == "cancelled ");
}

TEST_CASE("a cancellation in the middle of the body unwinds it and its children", "[coro][scope][cancel]") {
  std::string log;
  Event never;
  auto body = [&](Scope& scope) -> Task<> {
    scope.spawn(wait_or_log, &never, &log);
    co_await never.wait();
  };
  coro_test::ManualExecutor executor;
  Context context{executor};
  gyre::detail::DoneFlag flag;
  Task<> task = with_scope(body);
  task.start(context, flag);
  CHECK_FALSE(flag.done);
  context.cancel(gyre::CancelReason::client_gone);
  executor.run();
  REQUIRE(flag.done);
  CHECK(log == "cancelled ");
  CHECK_THROWS_AS(task.result(), Cancelled);
}
