#include "coro_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/this_scope.hpp>

#include <catch2/catch.hpp>

#include <optional>

using namespace gyre;
using namespace coro_test;
using namespace std::chrono_literals;

namespace {

Task<CurrentScope> look() {
  const CurrentScope scope = co_await this_scope();
  co_return scope;
}

}  // namespace

TEST_CASE("a task can ask for its deadline and the time that is left", "[coro][scope]") {
  ManualExecutor executor;
  Context context{executor};
  Started unlimited{context, look()};
  const CurrentScope scope = unlimited.result();
  CHECK(scope.deadline() == time_never);
  CHECK(scope.time_left() == Duration::max());
  context.limit_deadline(TimePoint{2s});
  CHECK(scope.deadline() == TimePoint{2s});
  executor.time = TimePoint{500ms};
  CHECK(scope.time_left() == 1500ms);
  executor.time = TimePoint{3s};
  CHECK(scope.time_left() == Duration::zero());
}

TEST_CASE("a token tells functions that are no coroutines of a cancellation", "[coro][scope]") {
  ManualExecutor executor;
  Context context{executor};
  Context inner{context};
  Started task{inner, look()};
  const CurrentScope scope = task.result();
  const CancelToken token = scope.token();
  CHECK_FALSE(token.cancelled());
  CHECK_NOTHROW(token.throw_if_cancelled());
  context.cancel(CancelReason::client_gone);
  CHECK(token.cancelled());
  CHECK(token.reason() == CancelReason::client_gone);
  CHECK_THROWS_AS(token.throw_if_cancelled(), Cancelled);
  CHECK(scope.cancelled());
  CHECK(scope.reason() == CancelReason::client_gone);
}

TEST_CASE("a cancel callback is called once, at once if it comes too late, never after its end", "[coro][scope]") {
  ManualExecutor executor;
  Context context{executor};
  int calls = 0;
  const auto count = [&calls] { ++calls; };
  std::optional<CancelCallback<decltype(count)>> ended{std::in_place, CancelToken{context}, count};
  ended.reset();
  {
    const CancelCallback callback{CancelToken{context}, count};
    CHECK(calls == 0);
    context.cancel(CancelReason::requested);
    CHECK(calls == 1);
  }
  const CancelCallback late{CancelToken{context}, count};
  CHECK(calls == 2);
}
