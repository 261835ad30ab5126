#include "../web/web_support.hpp"

#include <gyre/compat/callback_handler.hpp>
#include <gyre/coro/frame.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <new>
#include <string>

using gyre::callback_handler;
using gyre::Reply;
using gyre::Request;
using gyre::Response;
using gyre::Router;
using gyre::Task;

// Counts what the heap is asked for besides frames. Not where a sanitizer has its own, nor frames of their own.
#if !defined(GYRE_SANITIZING)
namespace {

thread_local std::size_t operator_new_calls = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++operator_new_calls;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

struct Ignored : gyre::TaskObserver {
  Ignored() noexcept : TaskObserver([](TaskObserver&) noexcept {}) {}
};

/// Allocations of one more request, once the thread is warm.
std::size_t allocations(Router& router, std::string_view target) {
  web_test::TestRequest request{"GET", target};
  gyre::detail::BlockingExecutor executor;  // never asked: the tasks here end without waiting
  const auto dispatch = [&] {
    gyre::Context context{executor};
    Ignored observer;
    Task<Response> task = router.find(request.get()).start(request.get());
    task.start(context, observer);
    return code(task.result().status());
  };
  CHECK(dispatch() == 200);
  const std::size_t before = operator_new_calls + gyre::frame_statistics().from_heap;
  const int answered = dispatch();
  const std::size_t after = operator_new_calls + gyre::frame_statistics().from_heap;
  CHECK(answered == 200);
  return after - before;
}

}  // namespace

TEST_CASE("contract 14: an answer inside the call costs one allocation", "[compat][allocation]") {
  Router router;
  router.get("/native/{word}", [](Request& request) -> Task<Response> {
    co_return Response{std::string{request.parameter(0)}}.with("x-row", "7");
  });
  router.get("/reply/{word}", callback_handler([](const Request& request, Reply reply) {
               reply(Response{std::string{request.parameter(0)}}.with("x-row", "7"));
             }));
  router.get("/responder/{word}", callback_handler([](const Request& request, const gyre::Responder& res) {
               res.set("x-row", "7").send(std::string{request.parameter(0)});
             }));
  for (const std::string word : {"word", "more-than-fits-into-a-short-string-of-the-library"}) {
    const std::size_t native = allocations(router, "/native/" + word);
    CHECK(allocations(router, "/reply/" + word) == native + 1);
    CHECK(allocations(router, "/responder/" + word) == native + 1);
  }
}
#endif
