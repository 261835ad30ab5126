#include <gyre/wire/cookie.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

std::string walk(std::string_view field, const CookieLimits& limits = {}) {
  std::string result;
  Cookies cookies{field, limits};
  while (cookies.next()) (((result += cookies.name()) += '=') += cookies.value()) += '|';
  if (cookies.skipped() != 0) result += "-" + std::to_string(cookies.skipped());
  if (cookies.limit_reached()) result += "limit";
  return result;
}

}  // namespace

TEST_CASE("the cookies of a request", "[wire][cookie]") {
  struct Row {
    std::string_view field;
    std::string_view result;
  };
  const Row rows[] = {
      {"", ""},
      {"a=1", "a=1|"},
      {"a=1; b=2; a=3", "a=1|b=2|a=3|"},
      {"a=1;b=2", "a=1|b=2|"},
      {"a=1 ;  b=2;", "a=1|b=2|"},
      {"; ;a=1", "a=1|"},
      {"a=", "a=|"},
      {"a=\"\"", "a=|"},
      {"a=\"x\"", "a=x|"},
      {"a=b=c==", "a=b=c==|"},
      {"$Version=1; a=1", "$Version=1|a=1|"},
      {"__Host-id=!#$%&'()*+-./:<=>?@[]^_`{|}~", "__Host-id=!#$%&'()*+-./:<=>?@[]^_`{|}~|"},
      {"a=%20", "a=%20|"},
      // Skipped alone
      {"a", "-1"},
      {"=1", "-1"},
      {"=", "-1"},
      {"a b=1; c=2", "c=2|-1"},
      {"a =1; c=2", "c=2|-1"},
      {"a= 1; c=2", "c=2|-1"},
      {"a=1 2; c=2", "c=2|-1"},
      {"a=1,2; c=2", "c=2|-1"},
      {"a=\"1; c=2", "c=2|-1"},
      {"a=1\"; c=2", "c=2|-1"},
      {"a=\"; c=2", "c=2|-1"},
      {"a=\"x\"y; c=2", "c=2|-1"},
      {"a=\"\"\"; c=2", "c=2|-1"},
      {"a=x\\y; c=2", "c=2|-1"},
      {"a=\xc3\xa4; c=2", "c=2|-1"},
      {"\xc3\xa4=1; c=2", "c=2|-1"},
      {"a=1\r\nX: y; c=2", "c=2|-1"},
      {"a=\0; c=2"sv, "c=2|-1"},
      {"a=\x7f; c=2", "c=2|-1"},
      {"{\"a\": 1}; c=2; [x]=1", "c=2|-2"},
      // A quote does not reach over a semicolon: what stands within is no secret of "a".
      {"a=\"b; id=1; c=d\"", "id=1|-2"},
  };
  for (const Row& row : rows) {
    INFO(row.field);
    CHECK(walk(row.field) == row.result);
  }
}

TEST_CASE("cookies have a limit, skipped ones counted", "[wire][cookie]") {
  CHECK(walk("a=1; b=2", {.cookies = 2}) == "a=1|b=2|");
  CHECK(walk("a=1; b=2; ;", {.cookies = 2}) == "a=1|b=2|");
  CHECK(walk("a=1; b=2; c=3", {.cookies = 2}) == "a=1|b=2|limit");
  CHECK(walk("x; y; c=3", {.cookies = 2}) == "-2limit");
}

TEST_CASE("a cookie is found by its exact name", "[wire][cookie]") {
  const std::string_view field = "id=1; ID=2; id=3; bad; x=\"y\"";
  CHECK(cookie_value(field, "id") == "1");
  CHECK(cookie_value(field, "ID") == "2");
  CHECK(cookie_value(field, "x") == "y");
  CHECK_FALSE(cookie_value(field, "bad"));
  CHECK_FALSE(cookie_value(field, "i"));
  CHECK_FALSE(cookie_value(field, ""));
  CHECK_FALSE(cookie_value(field, "x", {.cookies = 4}));
}
