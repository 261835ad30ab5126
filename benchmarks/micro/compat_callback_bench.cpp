// What a callback handler costs beside a coroutine: whole requests without the kernel, as in http_request_bench.cpp.
// `allocs` is what a request asks of the heap.
#include "allocations.hpp"
#include "memory_loop.hpp"
#include "request_heads.hpp"

#include <gyre/base/shared.hpp>
#include <gyre/compat/callback_handler.hpp>
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/web/router.hpp>

#include <benchmark/benchmark.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using gyre::Request;
using gyre::Router;
using gyre::Task;
using gyre_benchmark::Allocations;
using gyre_benchmark::MemorySite;

namespace {

constexpr std::int64_t batch = 256;

std::string get(std::string_view target) {
  return std::string{gyre_benchmark::typical_head}.replace(4, std::string_view{"/plaintext"}.size(), target);
}

void answer(benchmark::State& state, Router& router) {
  const std::string text = get("/");
  const std::string_view piece = text;
  MemorySite site{router};
  site.exchange({&piece, 1}, 2);
  if (!site.loop().first_sent().starts_with("HTTP/1.1 200 OK\r\n")) state.SkipWithError("wrong answer");
  const std::uint64_t before = site.statistics().responses;
  {
    const Allocations allocations{state};
    while (state.KeepRunningBatch(batch)) site.exchange({&piece, 1}, static_cast<std::uint64_t>(batch));
  }
  if (site.statistics().responses - before + 1 < static_cast<std::uint64_t>(state.iterations())) {
    state.SkipWithError("answers are missing");
  }
}

void coroutine(benchmark::State& state) {
  Router router;
  router.get("/", [](Request&) -> Task<gyre::Response> { co_return "Hello, World!"; });
  answer(state, router);
}

void reply_in_call(benchmark::State& state) {
  Router router;
  router.get("/", gyre::callback_handler([](const Request&, gyre::Reply reply) { reply("Hello, World!"); }));
  answer(state, router);
}

void function_in_call(benchmark::State& state) {
  Router router;
  router.get("/", gyre::callback_handler([](const Request&, const std::function<void(gyre::Response)>& reply) {
               reply("Hello, World!");
             }));
  answer(state, router);
}

void responder_in_call(benchmark::State& state) {
  Router router;
  router.get("/", gyre::callback_handler([](const Request&, gyre::Responder res) { res.send("Hello, World!"); }));
  answer(state, router);
}

void copy_in_call(benchmark::State& state) {
  Router router;
  router.get("/", gyre::callback_handler([](const gyre::RequestCopy& request, gyre::Reply reply) {
               reply(request.path() == "/" ? "Hello, World!" : "wrong");
             }));
  answer(state, router);
}

/// Calls back when the loop has its next piece of work: a library's own turn, on the same thread.
class NextTurn : public gyre::Work {
 public:
  NextTurn() noexcept
      : Work([](gyre::Work& self) noexcept {
          auto& turn = static_cast<NextTurn&>(self);
          if (turn.call_) std::exchange(turn.call_, {})();
        }) {}
  void ask(const Request& request, std::function<void()> call) {
    call_ = std::move(call);
    gyre::Loop::of(request.context()).schedule(*this);
  }

 private:
  std::function<void()> call_;
};

void reply_later(benchmark::State& state) {
  NextTurn turn;
  Router router;
  router.get("/", gyre::callback_handler([&turn](const Request& request, gyre::Reply reply) {
               turn.ask(request, [reply] { reply("Hello, World!"); });
             }));
  answer(state, router);
}

void await_later(benchmark::State& state) {
  NextTurn turn;
  Router router;
  router.get("/", [&turn](Request& request) -> Task<gyre::Response> {
    auto start = [&](gyre::CompletionCallback<void> done) { turn.ask(request, [done] { done(); }); };
    const gyre::Result<void> called = co_await gyre::from_callback<void>(start);
    co_return called ? "Hello, World!" : "wrong";
  });
  answer(state, router);
}

void coroutine_middleware(benchmark::State& state) {
  Router router;
  router.use([](Request& request, gyre::Next next) -> Task<gyre::Response> { co_return co_await next(request); });
  router.get("/", [](Request&) -> Task<gyre::Response> { co_return "Hello, World!"; });
  answer(state, router);
}

void next_in_call(benchmark::State& state) {
  Router router;
  router.use(
      gyre::callback_middleware([](const Request&, gyre::Responder, const gyre::NextCallback& next) { next(); }));
  router.get("/", [](Request&) -> Task<gyre::Response> { co_return "Hello, World!"; });
  answer(state, router);
}

BENCHMARK(coroutine)->Name("baseline: coroutine");
BENCHMARK(reply_in_call)->Name("reply inside the call");
BENCHMARK(function_in_call)->Name("std::function inside the call");
BENCHMARK(responder_in_call)->Name("responder inside the call");
BENCHMARK(copy_in_call)->Name("reply inside the call, with a RequestCopy");
BENCHMARK(await_later)->Name("baseline: coroutine, from_callback on the loop's next turn");
BENCHMARK(reply_later)->Name("reply on the loop's next turn");
BENCHMARK(coroutine_middleware)->Name("baseline: coroutine behind coroutine middleware");
BENCHMARK(next_in_call)->Name("coroutine behind callback middleware");

}  // namespace

BENCHMARK_MAIN();
