#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using gyre::ErrorReport;
using gyre::HttpError;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using web_test::ask;

namespace {

void add_failing(Router& router) {
  router.get("/error", []() -> const char* { throw std::runtime_error{"the secret"}; })
      .get("/int", []() -> const char* { throw 7; })
      .get("/http", []() -> const char* { throw HttpError{Status::conflict, "taken"}; })
      .get("/bare", []() -> const char* { throw HttpError{Status::not_found}; })
      .get("/task/error",
           []() -> Task<const char*> {
             throw std::runtime_error{"the secret"};
             co_return "";
           })
      .get("/task/http",
           []() -> Task<const char*> {
             throw HttpError{Status::conflict, "taken"};
             co_return "";
           })
      // No coroutine: it throws before there is a task.
      .get("/early", []() -> Task<gyre::Response> { throw std::runtime_error{"early"}; });
}

}  // namespace

TEST_CASE("an exception is a 500 that hides its text; the hook hears it", "[web][failure]") {
  std::vector<std::string> heard;
  Router router;
  router.on_error([&](const ErrorReport& report) {
    heard.push_back(std::string{report.request.path()} + " " + std::string{report.text});
    CHECK(report.failure != nullptr);
  });
  add_failing(router);
  for (const char* path : {"/error", "/int", "/task/error", "/early"}) {
    const auto answer = ask(router, "GET", path);
    CHECK(answer.status == 500);
    CHECK(answer.type == "application/problem+json");
    CHECK(answer.body == R"({"type":"about:blank","title":"Internal Server Error","status":500})");
  }
  CHECK(heard == std::vector<std::string>{"/error the secret", "/int unknown exception", "/task/error the secret",
                                          "/early early"});
}

TEST_CASE("HttpError is its status, and no fault", "[web][failure]") {
  Router router;
  int heard = 0;
  router.on_error([&](const ErrorReport&) { ++heard; });
  add_failing(router);
  for (const char* path : {"/http", "/task/http"}) {
    const auto answer = ask(router, "GET", path);
    CHECK(answer.status == 409);
    CHECK(answer.body == R"({"type":"about:blank","title":"Conflict","status":409,"detail":"taken"})");
  }
  CHECK(ask(router, "GET", "/bare").body == R"({"type":"about:blank","title":"Not Found","status":404})");
  CHECK(heard == 0);
}

TEST_CASE("without a hook, and with one that throws, the client gets its answer", "[web][failure]") {
  Router router;
  add_failing(router);
  CHECK(ask(router, "GET", "/error").status == 500);
  router.on_error([](const ErrorReport&) { throw std::runtime_error{"the hook"}; });
  CHECK(ask(router, "GET", "/error").status == 500);
}

TEST_CASE("Cancelled is no failure and passes through", "[web][failure]") {
  Router router;
  router.get("/task", []() -> Task<const char*> {
    throw gyre::Cancelled{};
    co_return "";
  });
  CHECK_THROWS_AS(ask(router, "GET", "/task"), gyre::Cancelled);
}
