#include "json_support.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace json_test;
using gyre::to_json;

TEST_CASE("every type is written as JSON", "[web][json]") {
  Everything all;
  all.flag = true;
  all.i8 = -128;
  all.u8 = 255;
  all.i16 = -32768;
  all.u16 = 65535;
  all.i32 = std::numeric_limits<int>::min();
  all.u32 = std::numeric_limits<unsigned>::max();
  all.i64 = std::numeric_limits<std::int64_t>::min();
  all.u64 = std::numeric_limits<std::uint64_t>::max();
  all.single = 0.1F;
  all.real = 0.1;
  all.text = "tea";
  all.colour = Colour::blue;
  all.level = high;
  all.list = {1, 2};
  all.three = {3, 4, 5};
  all.sorted = {{"b", 2}, {"a", 1}};
  all.hashed = {{"p", {1, 2}}};
  all.points = {{1, 2}, {3, 4}};
  all.nested = {{}, {"x", ""}};
  CHECK(to_json(all) ==
        R"({"flag":true,"i8":-128,"u8":255,"i16":-32768,"u16":65535,"i32":-2147483648,"u32":4294967295,)"
        R"("i64":-9223372036854775808,"u64":18446744073709551615,"single":0.1,"real":0.1,"text":"tea",)"
        R"("colour":"blue","level":"high","maybe":null,"list":[1,2],"three":[3,4,5],"sorted":{"a":1,"b":2},)"
        R"("hashed":{"p":{"x":1,"y":2}},"point":{"x":7,"y":8},"points":[{"x":1,"y":2},{"x":3,"y":4}],)"
        R"("nested":[[],["x",""]],"place":null})");

  Everything again;
  REQUIRE(gyre::from_json(to_json(all), again));
  CHECK(again == all);
}

TEST_CASE("values alone are JSON, too", "[web][json]") {
  CHECK(to_json(true) == "true");
  CHECK(to_json(-7) == "-7");
  CHECK(to_json(std::string{"x"}) == "\"x\"");
  CHECK(to_json(std::string_view{"x"}) == "\"x\"");
  CHECK(to_json(std::vector<int>{}) == "[]");
  CHECK(to_json(std::map<std::string, int>{}) == "{}");
  CHECK(to_json(std::optional<Point>{}) == "null");
  CHECK(to_json(std::vector<std::optional<int>>{1, std::nullopt}) == "[1,null]");
  CHECK(to_json(Colour::red) == "\"red\"");
  CHECK(to_json(static_cast<Colour>(77)) == "77");
}

TEST_CASE("numbers are written so that they are read back as they were", "[web][json]") {
  const std::pair<double, const char*> cases[] = {
      {0.0, "0"},
      {-0.0, "-0"},
      {1.0, "1"},
      {0.1, "0.1"},
      {1e21, "1e+21"},
      {-1.5e-9, "-1.5e-09"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {std::numeric_limits<double>::infinity(), "null"},
      {std::nan(""), "null"},
  };
  for (const auto& [number, text] : cases) {
    INFO(text);
    CHECK(to_json(number) == text);
    if (!std::isfinite(number)) continue;
    double again = 1;
    REQUIRE(gyre::from_json(text, again));
    CHECK(again == number);
    CHECK(std::signbit(again) == std::signbit(number));
  }
  CHECK(to_json(0.1F) == "0.1");
  CHECK(to_json(3.4028235e38F) == "3.4028235e+38");
}

TEST_CASE("strings are escaped, and are UTF-8 whatever they were", "[web][json]") {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"quote \" backslash \\ slash /", R"(quote \" backslash \\ slash /)"},
      {"\b\f\n\r\t", R"(\b\f\n\r\t)"},
      {std::string{"\0\x01\x0b\x1f\x7f", 5}, "\\u0000\\u0001\\u000b\\u001f\x7f"},
      {"\u00e9\u20ac\U0001f600", "\u00e9\u20ac\U0001f600"},
      {"\xff", "\\ufffd"},
      {"a\xc3", "a\\ufffd"},
      {"\xc0\x80", "\\ufffd\\ufffd"},
      {"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},
      {"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"},
      {"\xe2\x82", "\\ufffd\\ufffd"},
  };
  for (const auto& [text, written] : cases) {
    // At every distance to the blocks that are copied at once.
    for (std::size_t before = 0; before < 36; ++before) {
      for (std::size_t after : {0U, 1U, 7U, 8U, 15U, 16U, 33U}) {
        const std::string head(before, 'h');
        const std::string tail(after, 't');
        const std::string whole = to_json(head + text + tail);
        INFO(whole);
        REQUIRE(whole == '"' + head + written + tail + '"');
      }
    }
  }
}

TEST_CASE("what is longer than the writer's buffer is written whole", "[web][json]") {
  for (const std::size_t size : {2000U, 2030U, 2046U, 2047U, 2048U, 2049U, 5000U, 100'000U}) {
    CHECK(to_json(std::string(size, 'a')) == '"' + std::string(size, 'a') + '"');
    std::string quotes;
    for (std::size_t i = 0; i < size; ++i) quotes += "\\\"";
    CHECK(to_json(std::string(size, '"')) == '"' + quotes + '"');
  }
  std::vector<Point> many(1000, Point{1, 2});
  std::vector<Point> again;
  REQUIRE(gyre::from_json(to_json(many), again));
  CHECK(again == many);
}

TEST_CASE("a type that refers to itself", "[web][json]") {
  Tree tree;
  tree.children.resize(2);
  tree.children[1].children.resize(1);
  tree.next = std::make_unique<Tree>();
  tree.next->value = 3;
  const std::string text = to_json(tree);
  CHECK(text == R"({"value":0,"children":[{"value":0,"children":[],"next":null},{"value":0,"children":[{"value":0,)"
                R"("children":[],"next":null}],"next":null}],"next":{"value":3,"children":[],"next":null}})");
  CHECK(rewritten<Tree>(text) == text);
}

TEST_CASE("bases, names and what is empty", "[web][json]") {
  Dog dog;
  dog.name = "Rex";
  CHECK(to_json(dog) == R"({"name":"Rex","legs":4,"barks":true})");
  CHECK(to_json(Renamed{1, "first", 2}) == R"({"userId":1,"class":"first","maybe":2})");
  CHECK(to_json(Renamed{1, "first", {}}) == R"({"userId":1,"class":"first"})");
  CHECK(to_json(Foreign{2}) == R"({"taille":2})");
}
