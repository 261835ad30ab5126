#include "json_support.hpp"
#include "web_support.hpp"

#include <gyre/coro/frame.hpp>
#include <gyre/web/cookies.hpp>
#include <gyre/web/header.hpp>
#include <gyre/web/headers.hpp>
#include <gyre/web/query.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <new>
#include <string>

using gyre::Next;
using gyre::Path;
using gyre::Request;
using gyre::Response;
using gyre::Router;
using gyre::Status;
using gyre::Task;

namespace {

[[maybe_unused]] thread_local std::size_t operator_new_calls = 0;

}  // namespace

// Counts what the heap is asked for besides frames. Not where a sanitizer has its own, nor frames of their own.
#if !defined(GYRE_SANITIZING)
void* operator new(std::size_t size) {
  ++operator_new_calls;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

struct Page {
  int page = 1;
  std::string word;
  std::string_view rest;
  std::optional<double> x_ratio;
  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&Page::page, gyre::range(1, 9)), gyre::rule(&Page::word, gyre::length(1, 9)));
  }
};
BOOST_DESCRIBE_STRUCT(Page, (), (page, word, rest, x_ratio))

struct Ignored : gyre::TaskObserver {
  Ignored() noexcept : TaskObserver([](TaskObserver&) noexcept {}) {}
};

/// Allocations of one more request, once the thread is warm: the first pays for frames and blocks.
std::size_t allocations(Router& router, std::string_view method, std::string_view target, int status,
                        std::string_view fields = {}) {
  web_test::TestRequest request{method, target, fields};
  gyre::detail::BlockingExecutor executor;  // never asked: the tasks here end without waiting
  const auto dispatch = [&] {
    gyre::RequestHandler& handler = router.find(request.get());
    if (handler.kind() == gyre::RequestHandler::Kind::plain) return code(handler.call(request.get()).status());
    gyre::Context context{executor};
    Ignored observer;
    Task<Response> task = handler.start(request.get());
    task.start(context, observer);
    return code(task.result().status());
  };
  CHECK(dispatch() == status);
  const std::size_t before = operator_new_calls + gyre::frame_statistics().from_heap;
  const int answered = dispatch();
  const std::size_t after = operator_new_calls + gyre::frame_statistics().from_heap;
  CHECK(answered == status);
  return after - before;
}

void add_routes(Router& router) {
  router.get("/literal", [] { return "hello"; })
      .get("/short/{n}", [](Path<int> n) { return std::to_string(*n); })
      .get("/two/{n}/{text}", [](Path<int>, Path<std::string_view> text) { return *text; })
      .get("/rest/{text...}", [](Path<std::string_view> text) { return *text; })
      .get("/fields", [] { return Response{"x"}.with("etag", "\"0123456789\"").with("vary", "accept, origin"); })
      .get("/status", [] { return Status::no_content; })
      .get("/task/{n}", [](Path<int>) -> Task<Response> { co_return "task"; })
      .get("/task/text/{text}", [](Path<std::string_view> text) -> Task<std::string_view> { co_return *text; });
}

}  // namespace

TEST_CASE("JSON needs no memory but for the values and the text", "[web][allocation][json]") {
  json_test::Everything all;
  const std::string text = gyre::to_json(all);
  json_test::Point point;
  std::string short_text = R"({"y":1,"unknown":{"a":["b\\n",1.5,null]},"x":2})";
  short_text.insert(1, "\"more\":" + gyre::to_json(std::string(5000, 'x')) + ",");
  std::size_t before = operator_new_calls;
  const bool is_read = static_cast<bool>(gyre::from_json(short_text, point));
  CHECK(operator_new_calls == before);
  CHECK(is_read);

  before = operator_new_calls;
  const std::string written = gyre::to_json(all);
  CHECK(operator_new_calls == before + 1);
  CHECK(written == text);

  std::string again;
  again.reserve(2 * text.size());
  before = operator_new_calls;
  gyre::append_json(again, all);
  CHECK(operator_new_calls == before);
}

TEST_CASE("a request in steady state allocates nothing", "[web][allocation]") {
  Router plain;
  Router wrapped;
  for (int i = 0; i < 2; ++i) {
    wrapped.use([](Request& request, Next next) -> Task<Response> { co_return co_await next(request); });
  }
  add_routes(plain);
  add_routes(wrapped);
  for (Router* router : {&plain, &wrapped}) {
    for (const char* target : {"/literal", "/short/123", "/two/1/abc", "/rest/a/b/c", "/fields", "/task/7",
                               "/task/text/some-longer-text-than-a-short-string", "/two/1/a%20b", "/rest/a%20b/c"}) {
      INFO(target);
      CHECK(allocations(*router, "GET", target, 200) == 0);
    }
    CHECK(allocations(*router, "GET", "/status", 204) == 0);
    CHECK(allocations(*router, "HEAD", "/literal", 200) == 0);
    CHECK(allocations(*router, "GET", "/none/of/these", 404) == 0);
    CHECK(allocations(*router, "GET", "/a/../b", 400) == 0);
  }
}

TEST_CASE("query, header fields and cookies need no memory but for their values", "[web][allocation]") {
  Router router;
  router.get("/query", [](gyre::Query<Page> page) { return page->rest; })
      .get("/task", [](gyre::Query<Page> page) -> Task<std::string_view> { co_return page->rest; })
      .get("/headers", [](gyre::Headers<Page> page) { return page->rest; })
      .get("/header", [](gyre::Header<"Rest"> rest, gyre::Header<"Page", int>) { return *rest; })
      .get("/cookies", [](gyre::Cookies cookies) { return cookies.get("b").value_or("none"); });
  const std::string_view query = "?page=5&word=short&rest=more+than+a+short+string+has+room+for&x_ratio=0.5";
  const std::string_view fields =
      "Page: 5\r\nWord: short\r\nRest: more than a short string has room for\r\nX-Ratio: 0.5\r\n"
      "Cookie: a=1\r\nCookie: b=more-than-a-short-string-has-room-for\r\n";
  for (const char* target : {"/query", "/task", "/headers", "/header", "/cookies"}) {
    INFO(target);
    CHECK(allocations(router, "GET", target + std::string{query}, 200, fields) == 0);
  }
}

TEST_CASE("a response with borrowed text allocates nothing at all", "[http][response]") {
  const std::size_t before = operator_new_calls;
  const auto frames = gyre::frame_statistics().allocated;
  Response response = Response{"text"}.with_content_type("text/html");
  Response moved{std::move(response)};
  CHECK(moved.body() == "text");
  const Response problem = Response::problem(Status::not_found);
  CHECK(operator_new_calls == before);
  CHECK(gyre::frame_statistics().allocated == frames);
}

#endif
