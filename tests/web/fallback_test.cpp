#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using gyre::Group;
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
using web_test::get;
using web_test::set_up_error;

namespace {

Response page(Status status, std::string text) { return Response{status, std::move(text)}; }

struct OutOfStock : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Middleware stamp(const char* text) {
  return [text](Request& request, Next next) -> Task<Response> {
    Response response = co_await next(request);
    response.add("x-stamp", text);
    co_return response;
  };
}

std::string here(unsigned line) { return "fallback_test.cpp:" + std::to_string(line); }

void expect(Router& router, std::string_view method, std::string_view target, int status, std::string_view body) {
  INFO(method << " " << target);
  const auto answer = ask(router, method, target);
  CHECK(answer.status == status);
  CHECK(answer.body == body);
}

}  // namespace

TEST_CASE("a fallback answers where there is no route", "[web][fallback]") {
  Router router;
  router.get("/a", [] { return "a"; });
  router.not_found([](const Request& request) { return page(Status::not_found, "no " + std::string{request.path()}); });
  expect(router, "GET", "/a", 200, "a");
  expect(router, "GET", "/b", 404, "no /b");
  expect(router, "OPTIONS", "/b", 404, "no /b");
  CHECK(ask(router, "GET", "/%").status == 400);

  router.not_found([]() -> Task<const char*> { co_return "the page of one-page applications"; });
  expect(router, "GET", "/b", 200, "the page of one-page applications");
}

TEST_CASE("method_not_allowed gets its Allow from the router", "[web][fallback]") {
  Router router;
  router.get("/a", [] { return "a"; });
  router.method_not_allowed([] { return page(Status::method_not_allowed, "not so"); });
  CHECK(ask(router, "POST", "/a").body == "not so");
  CHECK(ask(router, "POST", "/a").fields == "Allow: GET, HEAD, OPTIONS\r\n");
  CHECK(ask(router, "OPTIONS", "/a").status == 204);

  Group api = router.group("/api").use(stamp("api"));
  api.put("/x", [] { return ""; });
  CHECK(ask(router, "POST", "/api/x").fields == "Allow: PUT, OPTIONS\r\nx-stamp: api\r\n");
  api.method_not_allowed([]() -> Task<Response> {
    Response response = page(Status::method_not_allowed, "api");
    response.add("Allow", "my own");
    co_return response;
  });
  CHECK(ask(router, "POST", "/api/x").body == "api");
  CHECK(ask(router, "POST", "/api/x").fields == "Allow: my own\r\nx-stamp: api\r\n");
  CHECK(ask(router, "POST", "/a").body == "not so");
}

TEST_CASE("a group's fallback is for the paths below its prefix", "[web][fallback]") {
  Router router;
  Group api = router.group("/api").use(stamp("api"));
  api.get("/x", [] { return "x"; });
  api.group<"/{n}">().get("/y", [](Path<int>) { return "y"; });
  api.not_found([] { return page(Status::not_found, "api"); });
  router.get("/{all...}", [](Path<std::string> all) { return "all " + *all; });
  router.post("/{a}/{b}", [](Path<std::string>, Path<std::string>) { return "post"; });
  const auto check = [&](std::string_view method, std::string_view target, int status, std::string_view body) {
    expect(router, method, target, status, body);
  };
  check("GET", "/api/x", 200, "x");
  check("GET", "/api/1/y", 200, "y");
  check("GET", "/api", 404, "api");
  check("GET", "/api/", 404, "api");
  check("GET", "/api/none", 404, "api");
  check("GET", "/api/x/y/z/none", 404, "api");
  check("GET", "/%61pi/none", 404, "api");
  check("POST", "/api/none", 404, "api");  // the route outside is not stepped back to
  check("GET", "/apix", 200, "all apix");
  check("GET", "/other", 200, "all other");
  check("POST", "/other/x", 200, "post");
  CHECK(ask(router, "GET", "/api/none").fields == "x-stamp: api\r\n");
  CHECK(ask(router, "POST", "/api/x").status == 405);
  CHECK(ask(router, "POST", "/api/x").fields == "Allow: GET, HEAD, OPTIONS\r\nx-stamp: api\r\n");
}

TEST_CASE("the innermost owner of a path answers", "[web][fallback]") {
  Router router;
  router.not_found([] { return page(Status::not_found, "root"); });
  router.group("/a").not_found([] { return page(Status::not_found, "a"); });
  router.group("/a").group("/b").not_found([] { return page(Status::not_found, "b"); });
  router.group<"/{x}/c">().not_found([] { return page(Status::not_found, "c"); });
  expect(router, "GET", "/a/x", 404, "a");
  expect(router, "GET", "/a/b/x", 404, "b");
  expect(router, "GET", "/a/c/x", 404, "a");  // literal before placeholder, as with routes
  expect(router, "GET", "/q/c/x", 404, "c");
  expect(router, "GET", "/q/d/x", 404, "root");
}

TEST_CASE("a prefix has one owner", "[web][fallback]") {
  Router router;
  const auto handler = [] { return ""; };
  const unsigned first = __LINE__ + 1;
  Group api = router.group("/api").not_found(handler);
  CHECK(set_up_error([&] { api.not_found(handler); }).empty());
  const unsigned second = __LINE__ + 1;
  const std::string text = set_up_error([&] { router.group("/api").not_found(handler); });
  CHECK_THAT(text, Catch::Contains(here(second) + ": the paths below \"/api\""));
  CHECK_THAT(text, Catch::EndsWith(here(first)));
  CHECK_FALSE(set_up_error([&] { router.mount("/api", Router{}); }).empty());
}

TEST_CASE("exceptions of a type become answers", "[web][fallback]") {
  std::vector<std::string> heard;
  Router router;
  router.on_error([&](const gyre::ErrorReport& report) { heard.emplace_back(report.text); });
  router.on_failure<OutOfStock>([](Request& request, const OutOfStock& failure) {
    return page(Status::conflict, std::string{request.path()} + " " + failure.what());
  });
  router.on_failure<std::invalid_argument>([](Request&, const std::invalid_argument&) { return Status::bad_request; });
  Group shop = router.group("/shop");
  shop.on_failure<std::runtime_error>([](Request&, const std::runtime_error&) { return "the shop's own"; });
  const auto throws = []() -> const char* { throw OutOfStock{"none left"}; };
  const auto throws_later = []() -> Task<const char*> {
    throw OutOfStock{"none left"};
    co_return "";
  };
  router.get("/a", throws).get("/b", throws_later);
  shop.get("/a", throws);
  router.get("/invalid", []() -> const char* { throw std::invalid_argument{"x"}; });
  router.get("/other", []() -> const char* { throw std::logic_error{"nobody's"}; });
  expect(router, "GET", "/a", 409, "/a none left");
  expect(router, "GET", "/b", 409, "/b none left");
  expect(router, "GET", "/shop/a", 200, "the shop's own");
  expect(router, "GET", "/invalid", 400, "");
  CHECK(heard.empty());
  CHECK(ask(router, "GET", "/other").status == 500);
  CHECK(heard == std::vector<std::string>{"nobody's"});
}

TEST_CASE("what a failure's handler throws is the failure", "[web][fallback]") {
  Router router;
  router.on_failure<OutOfStock>([](Request&, const OutOfStock&) -> Response { throw HttpError{Status::gone, "gone"}; });
  router.on_failure<HttpError>([](Request&, const HttpError& error) { return page(error.status(), "http"); });
  router.get("/a", []() -> const char* { throw OutOfStock{"x"}; });
  router.get("/b", []() -> const char* { throw HttpError{Status::conflict}; });
  expect(router, "GET", "/a", 410, R"({"type":"about:blank","title":"Gone","status":410,"detail":"gone"})");
  expect(router, "GET", "/b", 409, "http");
}

TEST_CASE("errors look as the application wants", "[web][fallback]") {
  Router router;
  router.render_problems([](Request& request, Status status, std::string_view detail) {
    return page(status, std::to_string(code(status)) + " " + std::string{request.path()} + " " + std::string{detail});
  });
  router.get("/n/{n}", [](Path<int> n) { return std::to_string(*n); });
  router.get("/t/{n}", [](Path<int> n) -> Task<std::string> { co_return std::to_string(*n); });
  router.get("/http", []() -> const char* { throw HttpError{Status::conflict, "taken"}; });
  router.get("/throws", []() -> const char* { throw std::runtime_error{"secret"}; });
  router.get("/nothing", []() -> std::optional<std::string> { return std::nullopt; });
  router.get("/later", []() -> Task<std::optional<std::string>> { co_return std::nullopt; });
  expect(router, "GET", "/none", 404, "404 /none ");
  expect(router, "GET", "/%", 400, "400 /% ");
  expect(router, "POST", "/http", 405, "405 /http ");
  CHECK(ask(router, "POST", "/http").fields == "Allow: GET, HEAD, OPTIONS\r\n");
  expect(router, "GET", "/n/x", 400, "400 /n/x path parameter \"n\" must be an integer from -2147483648 to 2147483647");
  expect(router, "GET", "/t/x", 400, "400 /t/x path parameter \"n\" must be an integer from -2147483648 to 2147483647");
  expect(router, "GET", "/http", 409, "409 /http taken");
  expect(router, "GET", "/throws", 500, "500 /throws ");
  expect(router, "GET", "/nothing", 404, "404 /nothing ");
  expect(router, "GET", "/later", 404, "404 /later ");

  router.group("/api").render_problems([](Request&, Status status, std::string_view) { return page(status, "api"); });
  expect(router, "GET", "/api/none", 404, "api");
  expect(router, "GET", "/none", 404, "404 /none ");
}

TEST_CASE("a renderer that fails leaves the plain problem", "[web][fallback]") {
  std::vector<std::string> heard;
  Router router;
  router.on_error([&](const gyre::ErrorReport& report) { heard.emplace_back(report.text); });
  router.render_problems([](Request&, Status, std::string_view) -> Response { throw std::runtime_error{"renderer"}; });
  CHECK(ask(router, "GET", "/none").body == R"({"type":"about:blank","title":"Internal Server Error","status":500})");
  CHECK(heard == std::vector<std::string>{"renderer", "renderer"});
}
