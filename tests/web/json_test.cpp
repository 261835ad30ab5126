#include "json_support.hpp"
#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

using gyre::Extracted;
using gyre::Json;
using gyre::Response;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using web_test::Answer;
using namespace json_test;

namespace {

constexpr std::string_view json_type = "Content-Type: application/json\r\n";

Answer post(Router& router, std::string_view target, std::string_view body, std::string_view fields = json_type) {
  return web_test::post(router, target, body, fields);
}

struct BadPattern {
  std::string text;
  static constexpr auto rules() { return gyre::rules(gyre::rule(&BadPattern::text, gyre::pattern<"a(b">)); }
};
BOOST_DESCRIBE_STRUCT(BadPattern, (), (text))

struct HasBadPattern {
  std::vector<BadPattern> list;
  std::optional<Point> point;
};
BOOST_DESCRIBE_STRUCT(HasBadPattern, (), (list, point))

}  // namespace

TEST_CASE("JSON goes in and out of handlers", "[web][json]") {
  Router router;
  router.post("/plain", [](Json<Point> point) { return Json{Point{point->y, point->x}}; })
      .post("/task", [](Json<Point> point) -> Task<Json<Point>> { co_return Json{Point{point->y, point->x}}; })
      .post("/moved", [](Json<std::vector<std::string>> list) { return Json{*std::move(list)}; })
      .post("/maybe", [](Json<std::optional<Point>> point) -> std::optional<Json<Point>> {
        if (!*point) return std::nullopt;
        return Json{**point};
      });
  for (const char* target : {"/plain", "/task"}) {
    const Answer answer = post(router, target, R"({"x":1,"y":2})");
    CHECK(answer.status == 200);
    CHECK(answer.type == "application/json");
    CHECK(answer.body == R"({"x":2,"y":1})");
  }
  CHECK(post(router, "/moved", R"(["a","b"])").body == R"(["a","b"])");
  CHECK(post(router, "/maybe", R"({})").body == R"({"x":7,"y":8})");
  CHECK(post(router, "/maybe", "null").status == 404);
}

TEST_CASE("a body is JSON only if its media type says so", "[web][json]") {
  Router router;
  router.post("/", [](Json<Point>) { return Status::no_content; });
  for (const char* type :
       {"application/json", "Application/JSON", "application/json;charset=utf-8",
        "application/json ; charset=\"utf-8\"", "application/vnd.api+json", "application/a+b+JSON; v=1"}) {
    INFO(type);
    CHECK(post(router, "/", "{}", "Content-Type: " + std::string{type} + "\r\n").status == 204);
  }
  for (const char* type : {"text/plain", "text/json", "application/jsonp", "application/+json", "application/xml",
                           "application/json, text/plain", "application/x json", "application/", "json", ""}) {
    INFO(type);
    const Answer answer = post(router, "/", "{}", "Content-Type: " + std::string{type} + "\r\n");
    CHECK(answer.status == 415);
    CHECK(answer.body == R"({"type":"about:blank","title":"Unsupported Media Type","status":415,)"
                         R"("detail":"the body must be application/json"})");
  }
  CHECK(post(router, "/", "{}", "").status == 415);
}

TEST_CASE("what is wrong with a body is a problem", "[web][json]") {
  Router router;
  router.post("/", [](Json<User>) { return Status::no_content; });
  CHECK(post(router, "/", R"({"name":"Ann"})").status == 204);

  const Answer malformed = post(router, "/", R"({"name":"Ann)");
  CHECK(malformed.status == 400);
  CHECK(malformed.type == "application/problem+json");
  CHECK(malformed.body == R"({"type":"about:blank","title":"Bad Request","status":400,)"
                          R"("detail":"not JSON: incomplete JSON at byte 12"})");

  const Answer wrong = post(router, "/", R"({"name":true,"age":200,"addresses":[{"city":"\"","zip":1}]})");
  CHECK(wrong.status == 422);
  CHECK(wrong.type == "application/problem+json");
  CHECK(wrong.body == R"({"type":"about:blank","title":"Unprocessable Content","status":422,)"
                      R"("detail":"the body does not have the expected values","errors":[)"
                      R"({"pointer":"/name","detail":"must be a string"},)"
                      R"({"pointer":"/addresses/0/zip","detail":"must be a string"},)"
                      R"({"pointer":"/age","detail":"must be from 0 to 150"}]})");
}

TEST_CASE("a place that is no JSON by itself is escaped in the problem", "[web][json]") {
  Router router;
  router.post("/", [](Json<Counts>) { return Status::no_content; });
  CHECK(post(router, "/", R"({"a\"\u0001/":"x"})").body.find(R"({"pointer":"/a\"\u0001~1",)") != std::string::npos);
}

TEST_CASE("a handler can look at what is wrong itself", "[web][json]") {
  Router router;
  router.post("/", [](Extracted<Json<Point>> point) {
    return point ? std::string{"good"} : std::string{point.rejection().members};
  });
  CHECK(post(router, "/", "{}").body == "good");
  CHECK(post(router, "/", "[]").body == R"("errors":[{"pointer":"","detail":"must be an object"}])");
}

TEST_CASE("a pattern that is none is a set-up mistake", "[web][json][validation]") {
  CHECK(web_test::set_up_error([] {
          Router router;
          router.post("/", [](Json<std::vector<HasBadPattern>>) { return ""; });
        }) == "the pattern \"a(b\" is no regular expression: missing ): a(b");
  CHECK(web_test::set_up_error([] {
          Router router;
          router.post("/", [](Extracted<Json<HasBadPattern>>) -> Task<std::string> { co_return ""; });
        }) != "");
  CHECK(web_test::set_up_error([] {
          Router router;
          router.post("/", [](Json<Tree>) { return ""; });
        }) == "");
}

TEST_CASE("each check says what it wants", "[web][validation]") {
  struct Sample {
    int number;
    std::optional<double> maybe;
    std::string text;
    std::vector<int> list;
  };
  const auto told = [](const auto& rule, const Sample& sample) {
    std::string text;
    rule.check(sample, [&](const std::string& complaint) { text += (text.empty() ? "" : "; ") + complaint; });
    return text;
  };
  using gyre::rule;
  const Sample sample{5, 2.5, "\u00e9\u00e9", {1, 2, 3}};
  const Sample empty{};
  CHECK(told(rule(&Sample::number, gyre::range(0, 5)), sample).empty());
  CHECK(told(rule(&Sample::number, gyre::range(6, 9), gyre::at_most(4)), sample) ==
        "must be from 6 to 9; must be at most 4");
  CHECK(told(rule(&Sample::number, gyre::range(0.5, 9U)), empty) == "must be from 0.5 to 9");
  CHECK(told(rule(&Sample::number, gyre::at_least(0U)), Sample{-1, {}, {}, {}}) == "must be at least 0");
  CHECK(told(rule(&Sample::maybe, gyre::at_most(2)), sample) == "must be at most 2");
  CHECK(told(rule(&Sample::maybe, gyre::at_least(2)), empty).empty());
  CHECK(told(rule(&Sample::maybe, gyre::required), empty) == "is required");
  CHECK(told(rule(&Sample::maybe, gyre::range(0, 9)), Sample{0, std::numeric_limits<double>::quiet_NaN(), {}, {}}) ==
        "must be from 0 to 9");
  CHECK(told(rule(&Sample::text, gyre::length(2, 2)), sample).empty());
  CHECK(told(rule(&Sample::text, gyre::length(1, 1)), sample) == "must have exactly 1 character");
  CHECK(told(rule(&Sample::text, gyre::length(3)), sample) == "must have at least 3 characters");
  CHECK(told(rule(&Sample::list, gyre::length(0, 2)), sample) == "must have at most 2 elements");
  CHECK(told(rule(&Sample::text, gyre::pattern<"[a-z]+">), sample) == "must match [a-z]+");
  CHECK(told(rule(&Sample::text, gyre::pattern<"..">), sample).empty());
  CHECK(told(rule(&Sample::number, gyre::satisfies([](int n) { return n % 2 == 0; }, "must be even")), sample) ==
        "must be even");
}
