#include "web_support.hpp"

#include <gyre/coro/event.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using gyre::HttpError;
using gyre::Middleware;
using gyre::Next;
using gyre::Path;
using gyre::Request;
using gyre::Response;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using web_test::ask;
using web_test::set_up_error;

namespace {

/// Writes its name down on the way in and on the way out.
auto marking(std::string& log, std::string name) {
  return [&log, name = std::move(name)](Request& request, Next next) -> Task<Response> {
    log += "<" + name;
    Response response = co_await next(request);
    log += name + ">";
    co_return response;
  };
}

Task<Response> stamp(Request& request, Next next) {
  Response response = co_await next(request);
  response.add("x-stamp", "1");
  co_return response;
}

Task<Response> no_coroutine(Request& request, Next next) { return next(request); }

Task<Response> throws_at_once(Request&, Next) { throw std::runtime_error{"at once"}; }

}  // namespace

TEST_CASE("the first used is the outermost, in one call and across calls", "[web][middleware]") {
  std::string log;
  Router router;
  router.use(marking(log, "a"), marking(log, "b")).use(marking(log, "c"));
  router.get("/plain", [&] {
    log += "!";
    return "x";
  });
  router.get("/task", [&]() -> Task<const char*> {
    log += "?";
    co_return "x";
  });
  CHECK(ask(router, "GET", "/plain").body == "x");
  CHECK(log == "<a<b<c!c>b>a>");
  log.clear();
  CHECK(ask(router, "GET", "/task").body == "x");
  CHECK(log == "<a<b<c?c>b>a>");
}

TEST_CASE("middleware sees the router's own answers, too", "[web][middleware]") {
  Router router;
  router.use(stamp);
  router.get("/a", [] { return ""; });
  CHECK(ask(router, "GET", "/a").fields == "x-stamp: 1\r\n");
  CHECK(ask(router, "GET", "/none").fields == "x-stamp: 1\r\n");
  CHECK(ask(router, "GET", "/../a").fields == "x-stamp: 1\r\n");
  CHECK(ask(router, "POST", "/a").fields == "Allow: GET, HEAD, OPTIONS\r\nx-stamp: 1\r\n");
  CHECK(ask(router, "OPTIONS", "/a").fields == "Allow: GET, HEAD, OPTIONS\r\nx-stamp: 1\r\n");

  Router bare;
  bare.use(stamp);
  CHECK(ask(bare, "GET", "/").fields == "x-stamp: 1\r\n");
}

TEST_CASE("a middleware may answer in the handler's place", "[web][middleware]") {
  std::string log;
  Router router;
  router.use(marking(log, "a"), [](Request& request, Next next) -> Task<Response> {
    if (request.header("authorization") != "secret") co_return Status::unauthorized;
    co_return co_await next(request);
  });
  router.get("/", [] { return "in"; });
  CHECK(ask(router, "GET", "/").status == 401);
  CHECK(log == "<aa>");
  CHECK(ask(router, "GET", "/", "Authorization: secret\r\n").body == "in");
}

TEST_CASE("exceptions come out of the await, and may be caught", "[web][middleware]") {
  std::string log;
  Router router;
  router.use(marking(log, "outer"), [&](Request& request, Next next) -> Task<Response> {
    std::string caught;
    try {
      co_return co_await next(request);
    } catch (const HttpError& error) {
      caught = "http " + std::to_string(code(error.status()));
    } catch (const std::exception& error) {
      caught = error.what();
    }
    co_return Response{Status::bad_gateway, std::move(caught)};
  });
  router.get("/plain", []() -> const char* { throw std::runtime_error{"plain"}; })
      .get("/task",
           []() -> Task<const char*> {
             throw std::runtime_error{"task"};
             co_return "";
           })
      .get("/early", []() -> Task<Response> { throw std::runtime_error{"early"}; })
      .get("/http", []() -> const char* { throw HttpError{Status::gone}; });
  CHECK(ask(router, "GET", "/plain").body == "plain");
  CHECK(ask(router, "GET", "/task").body == "task");
  CHECK(ask(router, "GET", "/early").body == "early");
  CHECK(ask(router, "GET", "/http").body == "http 410");
  CHECK(log == "<outerouter><outerouter><outerouter><outerouter>");
}

TEST_CASE("what nobody catches unwinds through all of them and ends as a 500", "[web][middleware]") {
  std::string log;
  Router router;
  router.use(marking(log, "a"), marking(log, "b"));
  router.get("/", []() -> const char* { throw std::runtime_error{"x"}; });
  CHECK(ask(router, "GET", "/").status == 500);
  CHECK(log == "<a<b");

  Router thrower;
  thrower.use(throws_at_once);
  CHECK(ask(thrower, "GET", "/").status == 500);
  Router inner;
  inner.use(stamp, throws_at_once);
  CHECK(ask(inner, "GET", "/").status == 500);
}

TEST_CASE("a rejection is an answer that passes through middleware", "[web][middleware]") {
  Router router;
  router.use(stamp);
  router.get("/{n}", [](Path<int> n) { return std::to_string(*n); })
      .get("/t/{n}", [](Path<int> n) -> Task<std::string> { co_return std::to_string(*n); });
  for (const char* path : {"/x", "/t/x"}) {
    const auto answer = ask(router, "GET", path);
    CHECK(answer.status == 400);
    CHECK(answer.fields == "x-stamp: 1\r\n");
  }
}

TEST_CASE("next is a value: it can be asked again, and later", "[web][middleware]") {
  int calls = 0;
  Router router;
  router.use([](Request& request, Next next) -> Task<Response> {
    const Next copy = next;
    for (int attempt = 0; attempt < 3; ++attempt) {
      Response response = co_await copy(request);
      if (response.status() == Status::ok) co_return response;
    }
    co_return Status::bad_gateway;
  });
  router.get("/", [&] { return ++calls < 3 ? Response{Status::service_unavailable} : Response{"third"}; });
  CHECK(ask(router, "GET", "/").body == "third");
  CHECK(calls == 3);
}

TEST_CASE("next gives a task, for whatever takes tasks", "[web][middleware]") {
  gyre::Event never;
  Router router;
  router.use([](Request& request, Next next) -> Task<Response> {
    auto other = [](Request* r) -> Task<Response> { co_return Response{r->path()}; };
    auto raced = co_await gyre::when_any(next(request), other(&request));
    co_return raced.first == 1 ? std::move(*std::get<1>(raced.results)) : Response{Status::bad_gateway};
  });
  router.get("/slow", [&]() -> Task<const char*> {
    co_await never.wait();
    co_return "never";
  });
  CHECK(ask(router, "GET", "/slow").body == "/slow");
}

TEST_CASE("plain functions, empty places and no coroutine at all", "[web][middleware]") {
  Router router;
  Middleware none;
  CHECK_FALSE(none);
  router.use(no_coroutine, std::move(none), stamp);
  router.get("/", [] { return "x"; });
  CHECK(ask(router, "GET", "/").fields == "x-stamp: 1\r\n");

  Router empty;
  empty.use(Middleware{});
  web_test::TestRequest request{"GET", "/"};
  CHECK(empty.find(request.get()).kind() == gyre::RequestHandler::Kind::plain);
}

TEST_CASE("use after a route is a set-up error with both lines", "[web][middleware]") {
  Router router;
  const int first = __LINE__ + 1;
  router.get("/a", [] { return ""; });
  router.get("/b", [] { return ""; });
  const int second = __LINE__ + 1;
  const std::string text = set_up_error([&] { router.use(stamp); });
  CHECK_THAT(text, Catch::Contains("middleware_test.cpp:" + std::to_string(second) + ": use() must come before"));
  CHECK_THAT(text, Catch::Contains("GET \"/a\""));
  CHECK_THAT(text, Catch::EndsWith("middleware_test.cpp:" + std::to_string(first)));
  CHECK(ask(router, "GET", "/a").fields.empty());
}
