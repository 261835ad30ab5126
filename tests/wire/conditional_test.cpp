#include <gyre/wire/conditional.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

constexpr auto proceed = Precondition::proceed;
constexpr auto ignore_range = Precondition::ignore_range;
constexpr auto not_modified = Precondition::not_modified;
constexpr auto failed = Precondition::failed;

constexpr std::int64_t now = 1'785'000'000;
constexpr std::string_view before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view same = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view later = "Sunday, 06-Nov-94 08:49:38 GMT";

const Validators current{.entity_tag = EntityTag{"a"}, .last_modified = 784'111'777};
const Validators weak{.entity_tag = EntityTag{"a", true}, .last_modified = 784'111'777};
const Validators nothing{.exists = false};
const Validators bare{};

std::string walk(std::string_view field) {
  std::string result;
  EntityTags tags{field};
  while (tags.next()) ((result += tags.tag().weak ? "W:" : "") += tags.tag().opaque) += '|';
  return tags.is_bad() ? result + "bad" : result;
}

struct ConditionRow {
  Method method;
  Conditions conditions;
  const Validators& validators;
  Precondition result;
};
using enum Method;
const ConditionRow condition_rows[] = {
    {get, {}, current, proceed},
    // 1: If-Match
    {put, {.if_match = "\"a\""}, current, proceed},
    {put, {.if_match = "\"b\", \"a\""}, current, proceed},
    {put, {.if_match = "\"b\""}, current, failed},
    {put, {.if_match = "*"}, current, proceed},
    {put, {.if_match = " * "}, bare, proceed},
    {put, {.if_match = "*"}, nothing, failed},
    {put, {.if_match = "\"a\""}, nothing, failed},
    {put, {.if_match = "\"a\""}, bare, failed},
    {put, {.if_match = "W/\"a\""}, current, failed},
    {put, {.if_match = "\"a\""}, weak, failed},
    {put, {.if_match = "a"}, current, failed},
    {put, {.if_match = ""}, current, failed},
    {put, {.if_match = "\"a\", x"}, current, failed},
    {put, {.if_match = "*, \"a\""}, current, failed},
    {get, {.if_match = "\"b\""}, current, failed},
    // 2: If-Unmodified-Since, unless there is If-Match
    {put, {.if_unmodified_since = before}, current, failed},
    {put, {.if_unmodified_since = same}, current, proceed},
    {put, {.if_unmodified_since = later}, current, proceed},
    {put, {.if_unmodified_since = "yesterday"}, current, proceed},
    {put, {.if_unmodified_since = before}, bare, proceed},
    {put, {.if_match = "\"a\"", .if_unmodified_since = before}, current, proceed},
    {put, {.if_match = "\"b\"", .if_unmodified_since = later}, current, failed},
    // 3: If-None-Match
    {get, {.if_none_match = "\"a\""}, current, not_modified},
    {head, {.if_none_match = "\"b\", W/\"a\""}, current, not_modified},
    {get, {.if_none_match = "\"a\""}, weak, not_modified},
    {get, {.if_none_match = "\"b\""}, current, proceed},
    {get, {.if_none_match = "*"}, current, not_modified},
    {get, {.if_none_match = "*"}, nothing, proceed},
    {put, {.if_none_match = "*"}, nothing, proceed},
    {put, {.if_none_match = "*"}, current, failed},
    {delete_, {.if_none_match = "\"a\""}, current, failed},
    {get, {.if_none_match = "a"}, current, proceed},
    {get, {.if_none_match = "\"a\", x"}, current, proceed},
    {put, {.if_none_match = "x"}, nothing, failed},
    {put, {.if_none_match = ""}, nothing, failed},
    // 4: If-Modified-Since, unless there is If-None-Match
    {get, {.if_modified_since = before}, current, proceed},
    {get, {.if_modified_since = same}, current, not_modified},
    {head, {.if_modified_since = later}, current, not_modified},
    {post, {.if_modified_since = later}, current, proceed},
    {get, {.if_modified_since = "x"}, current, proceed},
    {get, {.if_modified_since = later}, bare, proceed},
    {get, {.if_modified_since = later}, nothing, proceed},
    {get, {.if_none_match = "\"b\"", .if_modified_since = later}, current, proceed},
    {get, {.if_none_match = "\"a\"", .if_modified_since = before}, current, not_modified},
    // 5: If-Range
    {get, {.if_range = "\"a\""}, current, proceed},
    {get, {.if_range = "\"b\""}, current, ignore_range},
    {get, {.if_range = "W/\"a\""}, current, ignore_range},
    {get, {.if_range = "\"a\""}, weak, ignore_range},
    {get, {.if_range = "\"a\", \"b\""}, current, ignore_range},
    {get, {.if_range = "*"}, current, ignore_range},
    {get, {.if_range = same}, current, ignore_range},
    {get, {.if_range = "x"}, current, ignore_range},
    {head, {.if_range = "\"b\""}, current, proceed},
    // One after the other
    {get, {.if_match = "\"a\"", .if_none_match = "\"a\""}, current, not_modified},
    {get, {.if_match = "\"b\"", .if_none_match = "\"a\""}, current, failed},
    {get, {.if_unmodified_since = same, .if_modified_since = same}, current, not_modified},
    {get, {.if_none_match = "\"a\"", .if_range = "\"b\""}, current, not_modified},
    {get, {.if_none_match = "\"b\"", .if_range = "\"a\""}, current, proceed},
    // Methods that know no conditions
    {options, {.if_match = "\"b\""}, current, proceed},
    {connect, {.if_none_match = "*"}, current, proceed},
    {trace, {.if_unmodified_since = before}, current, proceed},
};

}  // namespace

TEST_CASE("entity tags are read and written", "[wire][entity_tag]") {
  CHECK(parse_entity_tag("\"a\"")->opaque == "a");
  CHECK(parse_entity_tag(" W/\"a,b\" ")->weak);
  CHECK(parse_entity_tag("\"\"")->opaque.empty());
  CHECK(parse_entity_tag("\"a\\\"")->opaque == "a\\");  // no escapes here
  for (const std::string_view text : {""sv, "a"sv, "\"a"sv, "a\""sv, "w/\"a\""sv, "W/a"sv, "W /\"a\""sv, "\"a b\""sv,
                                      "\"a\"b"sv, "\"a\",\"b\""sv, "\"\n\""sv, "\"\x7f\""sv, "*"sv, "'a'"sv}) {
    INFO(text);
    CHECK_FALSE(parse_entity_tag(text));
  }
  std::string out;
  CHECK(append_entity_tag(out, {"x-1", true}));
  CHECK(append_entity_tag(out, {"y"}));
  CHECK_FALSE(append_entity_tag(out, {"a\"b"}));
  CHECK_FALSE(append_entity_tag(out, {"a\r\nb"}));
  CHECK(out == "W/\"x-1\"\"y\"");
}

TEST_CASE("lists of entity tags", "[wire][entity_tag]") {
  CHECK(walk("\"a\", W/\"b\",\"c,d\"") == "a|W:b|c,d|");
  CHECK(walk(", ,\"a\" ,,") == "a|");
  CHECK(walk("") == "");
  CHECK(walk("*") == "bad");
  CHECK(walk("\"a\" \"b\"") == "bad");
  CHECK(walk("\"a\", b") == "a|bad");
  CHECK(walk("\"a\", \"b") == "a|bad");
}

TEST_CASE("entity tags compare as RFC 9110 8.8.3.2 shows", "[wire][entity_tag]") {
  struct Row {
    EntityTag left;
    EntityTag right;
    bool strongly;
    bool weakly;
  };
  for (const Row& row : {Row{{"1", true}, {"1", true}, false, true}, Row{{"1", true}, {"2", true}, false, false},
                         Row{{"1", true}, {"1"}, false, true}, Row{{"1"}, {"1"}, true, true}}) {
    CHECK(equal_strongly(row.left, row.right) == row.strongly);
    CHECK(equal_weakly(row.left, row.right) == row.weakly);
  }
}

TEST_CASE("conditions are evaluated in the RFC's order", "[wire][conditional]") {
  int number = 0;
  for (const ConditionRow& row : condition_rows) {
    INFO("row " << number++ << " " << name(row.method));
    CHECK(evaluate_conditions(row.method, row.conditions, row.validators, now) == row.result);
  }
}

TEST_CASE("a date in If-Range counts if it is strong and the very same", "[wire][conditional]") {
  Validators strong = current;
  strong.last_modified_is_strong = true;
  const auto evaluate = [&](std::string_view date) {
    return evaluate_conditions(Method::get, {.if_range = date}, strong, now);
  };
  CHECK(evaluate(same) == proceed);
  CHECK(evaluate("Sun Nov  6 08:49:37 1994") == proceed);
  CHECK(evaluate(before) == ignore_range);
  CHECK(evaluate(later) == ignore_range);
  strong.exists = false;
  CHECK(evaluate(same) == ignore_range);
}
