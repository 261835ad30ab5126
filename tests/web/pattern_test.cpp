#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using gyre::Path;
using gyre::Request;
using gyre::Router;
using gyre::runtime;
using gyre::detail::check_parameters;
using gyre::detail::check_pattern;
using gyre::detail::PathParameter;
using gyre::detail::PatternFault;
using gyre::detail::PatternSegment;
using gyre::detail::PatternSegments;

namespace {

struct Case {
  std::string pattern;
  PatternFault fault;
};

std::string repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

std::string numbered_placeholders(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += "/{p" + std::to_string(i) + "}";
  return all;
}

}  // namespace

TEST_CASE("the grammar of patterns", "[web][pattern]") {
  using F = PatternFault;
  const std::vector<Case> cases{
      {"/", F::none},
      {"/users", F::none},
      {"/users/", F::none},
      {"/users/{id}", F::none},
      {"/users/{id}/", F::none},
      {"/{a}/{b}/{_c9}", F::none},
      {"/files/{path...}", F::none},
      {"/{path...}", F::none},
      {"/caf\xc3\xa9/a b/~!$&'()+,;=:@-._*", F::none},
      {"/a.b/..c/...", F::none},
      {"/v1/users:batch", F::none},
      {repeated("/a", 32), F::none},
      {numbered_placeholders(16), F::none},

      {"", F::no_leading_slash},
      {"users", F::no_leading_slash},
      {"{id}", F::no_leading_slash},
      {" /users", F::no_leading_slash},
      {"/a?b=c", F::query_or_fragment},
      {"/a#b", F::query_or_fragment},
      {"/a%20b", F::percent},
      {"/a%", F::percent},
      {"/a\tb", F::control_character},
      {"/a\x7f", F::control_character},
      {std::string("/a\0b", 4), F::control_character},
      {"//", F::empty_segment},
      {"//a", F::empty_segment},
      {"/a//b", F::empty_segment},
      {"/a//", F::empty_segment},
      {"/.", F::dot_segment},
      {"/..", F::dot_segment},
      {"/a/../b", F::dot_segment},
      {"/a/./b", F::dot_segment},
      {"/users/:id", F::foreign_syntax},
      {"/files/*", F::foreign_syntax},
      {"/files/*path", F::foreign_syntax},
      {"/{", F::unbalanced_braces},
      {"/}", F::unbalanced_braces},
      {"/{id", F::unbalanced_braces},
      {"/id}", F::unbalanced_braces},
      {"/{{id}}", F::unbalanced_braces},
      {"/}{", F::unbalanced_braces},
      {"/{a/b}", F::unbalanced_braces},
      {"/a{id}", F::partial_placeholder},
      {"/{id}.json", F::partial_placeholder},
      {"/{a}{b}", F::partial_placeholder},
      {"/a{}", F::partial_placeholder},
      {"/{}", F::empty_name},
      {"/{...}", F::empty_name},
      {"/{1a}", F::bad_name},
      {"/{a-b}", F::bad_name},
      {"/{ id }", F::bad_name},
      {"/{id:int}", F::bad_name},
      {"/{a..}", F::bad_name},
      {"/{caf\xc3\xa9}", F::bad_name},
      {"/{id}/{id}", F::duplicate_name},
      {"/{id}/a/{id...}", F::duplicate_name},
      {"/{path...}/a", F::rest_not_last},
      {"/{path...}/", F::rest_not_last},
      {repeated("/a", 33), F::too_many_segments},
      {numbered_placeholders(17), F::too_many_placeholders},
  };
  for (const Case& each : cases) {
    INFO(each.pattern);
    CHECK(static_cast<int>(check_pattern(each.pattern)) == static_cast<int>(each.fault));
  }
}

TEST_CASE("a pattern's segments in order", "[web][pattern]") {
  using Kind = PatternSegment::Kind;
  std::vector<std::pair<Kind, std::string>> seen;
  for (PatternSegments segments{"/a/{id}/b/{rest...}"}; segments.next();) {
    seen.emplace_back(segments.segment().kind, segments.segment().text);
  }
  REQUIRE(seen.size() == 4);
  CHECK((seen[0] == std::pair{Kind::literal, std::string{"a"}}));
  CHECK((seen[1] == std::pair{Kind::placeholder, std::string{"id"}}));
  CHECK((seen[2] == std::pair{Kind::literal, std::string{"b"}}));
  CHECK((seen[3] == std::pair{Kind::rest, std::string{"rest"}}));

  PatternSegments root{"/"};
  REQUIRE(root.next());
  CHECK(root.segment().text.empty());
  CHECK_FALSE(root.next());
}

TEST_CASE("placeholders against the handler's parameters", "[web][pattern]") {
  const PathParameter number_id{"id", false};
  const PathParameter any_text{"", true};
  const PathParameter any_number{"", false};
  const PathParameter two[] = {any_number, {"name", true}};
  CHECK(check_parameters("/{id}", {&number_id, 1, false}) == PatternFault::none);
  CHECK(check_parameters("/{no}", {&number_id, 1, false}) == PatternFault::other_name);
  CHECK(check_parameters("/{id...}", {&number_id, 1, false}) == PatternFault::rest_is_no_text);
  CHECK(check_parameters("/{id...}", {&any_text, 1, false}) == PatternFault::none);
  CHECK(check_parameters("/a", {&any_text, 1, false}) == PatternFault::fewer_placeholders);
  CHECK(check_parameters("/{a}/{b}", {&any_text, 1, false}) == PatternFault::more_placeholders);
  CHECK(check_parameters("/{a}/{b}", {&any_text, 1, true}) == PatternFault::more_placeholders);
  CHECK(check_parameters("/{a}", {nullptr, 0, false}) == PatternFault::more_placeholders);
  CHECK(check_parameters("/{a}/{b}", {nullptr, 0, true}) == PatternFault::none);
  CHECK(check_parameters("/{id}/{name}", {two, 2, false}) == PatternFault::none);
  CHECK(check_parameters("/{name}/{id}", {two, 2, false}) == PatternFault::other_name);
}

TEST_CASE("a runtime pattern is checked when it is registered, with its line", "[web][pattern]") {
  Router router;
  const std::string prefix = "/api";
  router.get(runtime(prefix + "/{id}"), [](Path<int> id) { return std::to_string(*id); });
  CHECK(web_test::get(router, "/api/7") == "7");

  const int line = __LINE__ + 1;
  const auto bad = [&] { router.get(runtime(prefix + "/{id"), [](Path<int> id) { return std::to_string(*id); }); };
  const std::string text = web_test::set_up_error(bad);
  CHECK_THAT(text, Catch::Contains("pattern_test.cpp:" + std::to_string(line) + ": GET \"/api/{id\""));
  CHECK_THAT(text, Catch::EndsWith("the pattern has unbalanced braces"));

  const auto fewer = [&] { router.get(runtime("/x"), [](Path<int> id) { return std::to_string(*id); }); };
  CHECK_THAT(web_test::set_up_error(fewer), Catch::EndsWith("fewer placeholders than the handler has Path parameters"));
  const auto named = [&] { router.get(runtime("/x/{no}"), [](Path<int, "id">) { return ""; }); };
  CHECK_THAT(web_test::set_up_error(named), Catch::Contains("another name"));
  CHECK(router.routes().size() == 1);
}

TEST_CASE("every fault has a sentence of its own", "[web][pattern]") {
  std::vector<std::string_view> seen;
  for (int fault = 0; fault <= static_cast<int>(PatternFault::rest_is_no_text); ++fault) {
    const std::string_view text = explain(static_cast<PatternFault>(fault));
    for (const std::string_view other : seen) CHECK(text != other);
    seen.push_back(text);
  }
}
