// What the router costs per request, one thread. A request is parsed once and looked up again and again; where there
// are many targets, they take turns, so that with thousands of routes the table does not stay in the first-level cache.

#include "allocations.hpp"
#include "parsed_request.hpp"

#include <gyre/coro/sync_wait.hpp>
#include <gyre/web/router.hpp>

#include <benchmark/benchmark.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>

using gyre::Next;
using gyre::Path;
using gyre::Request;
using gyre::RequestHandler;
using gyre::Response;
using gyre::Router;
using gyre::Task;
using gyre_benchmark::Allocations;
using gyre_benchmark::ParsedRequest;

namespace {

/// An API of so many resources, with three routes each.
std::unique_ptr<Router> make_router(int routes) {
  auto router = std::make_unique<Router>();
  for (int i = 0; i < (routes + 2) / 3; ++i) {
    const std::string name = "/api/v1/resource-" + std::to_string(i);
    router->get(gyre::runtime(name), [] { return "all"; });
    router->get(gyre::runtime(name + "/{id}"), [](Path<int>) { return "one"; });
    router->get(gyre::runtime(name + "/{id}/parts/{part}"), [](Path<int>, Path<std::string_view>) { return "part"; });
  }
  return router;
}

/// Looks up targets of the router's resources; `suffix` makes the kind of route.
void look_up(benchmark::State& state, const char* suffix) {
  const auto routes = static_cast<int>(state.range(0));
  const auto router = make_router(routes);
  std::deque<ParsedRequest> targets;
  for (int i = 0; i < 64; ++i) {
    const int resource = i * 7919 % ((routes + 2) / 3);
    targets.emplace_back("/api/v1/resource-" + std::to_string(resource) + suffix);
  }
  std::size_t next = 0;
  const Allocations allocations{state};
  for (auto _ : state) {
    ParsedRequest& target = targets[next++ % 64];
    benchmark::DoNotOptimize(&router->find(target.request));
    target.arena.reset();
  }
}

void static_path(benchmark::State& state) { look_up(state, ""); }
void one_parameter(benchmark::State& state) { look_up(state, "/1234567"); }
void two_parameters(benchmark::State& state) { look_up(state, "/1234567/parts/left"); }
void escaped_parameter(benchmark::State& state) { look_up(state, "/1234567/parts/on%20the%20left"); }
void not_found(benchmark::State& state) { look_up(state, "/1234567/missing"); }
BENCHMARK(static_path)->Arg(3)->Arg(200)->Arg(5000);
BENCHMARK(one_parameter)->Arg(3)->Arg(200)->Arg(5000);
BENCHMARK(two_parameters)->Arg(3)->Arg(200)->Arg(5000);
BENCHMARK(escaped_parameter)->Arg(200);
BENCHMARK(not_found)->Arg(3)->Arg(200)->Arg(5000);

/// The way to the answer and back, without a loop: what `Router` adds to a handler that does nothing.
class Dispatch {
 public:
  explicit Dispatch(const std::string& target) : target_(target) {}

  void run(benchmark::State& state, Router& router) {
    gyre::Context context{executor_};
    const Allocations allocations{state};
    for (auto _ : state) {
      RequestHandler& handler = router.find(target_.request);
      if (handler.kind() == RequestHandler::Kind::plain) {
        benchmark::DoNotOptimize(handler.call(target_.request));
      } else {
        gyre::detail::DoneFlag flag;
        Task<Response> task = handler.start(target_.request);
        task.start(context, flag);
        benchmark::DoNotOptimize(task.result());
      }
      target_.arena.reset();
    }
  }

 private:
  ParsedRequest target_;
  gyre::detail::BlockingExecutor executor_;
};

void answer_literal(benchmark::State& state) {
  Router router;
  router.get("/plaintext", [] { return "Hello, world!"; });
  Dispatch{"/plaintext"}.run(state, router);
}
BENCHMARK(answer_literal);

void answer_with_parameters(benchmark::State& state) {
  Router router;
  router.get("/users/{id}/{name}", [](Path<int> id, Path<std::string_view> name) { return *id > 0 ? *name : "none"; });
  Dispatch{"/users/42/ann"}.run(state, router);
}
BENCHMARK(answer_with_parameters);

void answer_string_and_field(benchmark::State& state) {
  Router router;
  router.get("/", [] { return Response{std::string(64, 'x')}.with("etag", "\"0123456789\""); });
  Dispatch{"/"}.run(state, router);
}
BENCHMARK(answer_string_and_field);

void answer_from_task(benchmark::State& state) {
  Router router;
  router.get("/plaintext", []() -> Task<Response> { co_return "Hello, world!"; });
  Dispatch{"/plaintext"}.run(state, router);
}
BENCHMARK(answer_from_task);

void answer_through_middleware(benchmark::State& state) {
  Router router;
  for (int i = 0; i < state.range(0); ++i) {
    router.use([](Request& request, Next next) -> Task<Response> { co_return co_await next(request); });
  }
  router.get("/plaintext", [] { return "Hello, world!"; });
  Dispatch{"/plaintext"}.run(state, router);
}
BENCHMARK(answer_through_middleware)->Arg(1)->Arg(5);

void answer_not_found(benchmark::State& state) {
  Router router;
  router.get("/plaintext", [] { return "Hello, world!"; });
  Dispatch{"/nothing/here"}.run(state, router);
}
BENCHMARK(answer_not_found);

}  // namespace

BENCHMARK_MAIN();
