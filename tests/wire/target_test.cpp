#include <gyre/wire/target.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

std::string segments_of(std::string_view path) {
  std::string text;
  for (PathSegments segments{path}; segments.next();) (text += segments.segment()) += '|';
  return text;
}

std::string pairs_of(std::string_view query) {
  std::string text;
  for (QueryPairs pairs{query}; pairs.next();) {
    (text += pairs.key()) += '=';
    (text += pairs.value()) += '|';
  }
  return text;
}

}  // namespace

TEST_CASE("a segment is decoded once", "[wire][target]") {
  std::array<char, 64> buffer;
  CHECK(decode_path_segment("a%20b", buffer).value() == "a b");
  CHECK(decode_path_segment("%41%42%43", buffer).value() == "ABC");
  CHECK(decode_path_segment("%c3%BC", buffer).value() == "\xc3\xbc");
  CHECK(decode_path_segment("a%2Fb", buffer).value() == "a/b");
  CHECK(decode_path_segment("%252e", buffer).value() == "%2e");
  CHECK(decode_path_segment("a+b", buffer).value() == "a+b");
  CHECK(decode_path_segment("%ff", buffer).value() == "\xff");
  CHECK(decode_path_segment("", buffer).value().empty());
}

TEST_CASE("without an escape nothing is copied", "[wire][target]") {
  const std::string_view raw = "plain";
  CHECK(decode_path_segment(raw, {}).value().data() == raw.data());
  CHECK(decode_query_component(raw, {}).value().data() == raw.data());
}

TEST_CASE("bad escapes, NUL in a path and small buffers are errors", "[wire][target]") {
  std::array<char, 64> buffer;
  for (const char* raw : {"%", "%4", "a%", "%zz", "%4g", "%g4", "%%41", "% 41", "%+1", "%0x", "a%41%"}) {
    INFO(raw);
    CHECK(decode_path_segment(raw, buffer).error() == Errc::bad_message);
    CHECK(decode_query_component(raw, buffer).error() == Errc::bad_message);
  }
  CHECK(decode_path_segment("a%00b", buffer).error() == Errc::bad_message);
  CHECK(decode_query_component("a%00b", buffer).value() == "a\0b"sv);
  CHECK(decode_path_segment("abc%41", std::span(buffer).first(5)).error() == Errc::limit_exceeded);
  CHECK(decode_path_segment("abc%41", std::span(buffer).first(6)).value() == "abcA");
}

TEST_CASE("a plus is a space in a query", "[wire][target]") {
  std::array<char, 64> buffer;
  CHECK(decode_query_component("a+b%2Bc", buffer).value() == "a b+c");
  CHECK(decode_query_component("+", buffer).value() == " ");
}

TEST_CASE("dot segments are known in every spelling", "[wire][target]") {
  for (const char* raw : {".", "..", "%2e", "%2E", ".%2e", "%2e.", "%2E%2e", "%2e%2E"}) {
    INFO(raw);
    CHECK(is_dot_segment(raw));
    CHECK(has_dot_segment("/a/" + std::string(raw)));
    CHECK(has_dot_segment("/" + std::string(raw) + "/a"));
  }
  for (const char* raw : {"", "...", "....", "a", ".a", "a.", "..a", "%2f", "%2e%2e%2e", "%252e", "%2", "%2e%", "%"}) {
    INFO(raw);
    CHECK_FALSE(is_dot_segment(raw));
  }
  CHECK_FALSE(has_dot_segment("/"));
  CHECK_FALSE(has_dot_segment("/a.b/..c/d.."));
}

TEST_CASE("a path has as many segments as slashes", "[wire][target]") {
  CHECK(segments_of("/") == "|");
  CHECK(segments_of("/a") == "a|");
  CHECK(segments_of("/a/") == "a||");
  CHECK(segments_of("/a//b") == "a||b|");
  CHECK(segments_of("//") == "||");
  CHECK(segments_of("/a%2Fb/c") == "a%2Fb|c|");
  CHECK(segments_of("").empty());
  CHECK(segments_of("*").empty());
  CHECK(segments_of("a/b").empty());
}

TEST_CASE("a query is pairs", "[wire][target]") {
  CHECK(pairs_of("") == "");
  CHECK(pairs_of("a=1&b=2") == "a=1|b=2|");
  CHECK(pairs_of("a") == "a=|");
  CHECK(pairs_of("a=") == "a=|");
  CHECK(pairs_of("=1") == "=1|");
  CHECK(pairs_of("a=b=c") == "a=b=c|");
  CHECK(pairs_of("&&a=1&&&b&") == "a=1|b=|");
  CHECK(pairs_of("a=1;b=2") == "a=1;b=2|");
}

TEST_CASE("a query value is found by its decoded key", "[wire][target]") {
  const std::string_view query = "a%62=1&x+y=2&ab=3&bad%=4&e=&f&%=5";
  CHECK(query_value(query, "ab") == "1");
  CHECK(query_value(query, "x y") == "2");
  CHECK(query_value(query, "e") == "");
  CHECK(query_value(query, "f") == "");
  CHECK_FALSE(query_value(query, "a"));
  CHECK_FALSE(query_value(query, "abc"));
  CHECK_FALSE(query_value(query, "bad%"));
  CHECK_FALSE(query_value(query, "%"));
  CHECK_FALSE(query_value("", "a"));
  CHECK(query_value("=1", "") == "1");
}

TEST_CASE("integers are the whole text", "[wire][target]") {
  CHECK(parse_integer<int>("0").value() == 0);
  CHECK(parse_integer<int>("42").value() == 42);
  CHECK(parse_integer<int>("-42").value() == -42);
  CHECK(parse_integer<int>("-0").value() == 0);
  CHECK(parse_integer<int>("007").value() == 7);
  CHECK(parse_integer<std::int8_t>("127").value() == 127);
  CHECK(parse_integer<std::int8_t>("-128").value() == -128);
  CHECK(parse_integer<std::uint8_t>("255").value() == 255);
  CHECK(parse_integer<std::uint64_t>("18446744073709551615").value() == UINT64_MAX);
  CHECK(parse_integer<std::int64_t>("-9223372036854775808").value() == INT64_MIN);
  CHECK(parse_integer<unsigned>("0000000000000000000000000000001").value() == 1);
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1a", "0x1", "1.0", "1e3", "--1", "- 1", "\xd9\xa1", "1_000"}) {
    INFO(text);
    CHECK(parse_integer<int>(text).error() == Errc::invalid_argument);
    CHECK(parse_integer<unsigned>(text).error() == Errc::invalid_argument);
  }
  CHECK(parse_integer<unsigned>("-1").error() == Errc::invalid_argument);
  CHECK(parse_integer<unsigned>("-0").error() == Errc::invalid_argument);
  CHECK(parse_integer<std::int8_t>("128").error() == Errc::limit_exceeded);
  CHECK(parse_integer<std::int8_t>("-129").error() == Errc::limit_exceeded);
  CHECK(parse_integer<std::uint8_t>("256").error() == Errc::limit_exceeded);
  CHECK(parse_integer<std::uint64_t>("18446744073709551616").error() == Errc::limit_exceeded);
  CHECK(parse_integer<std::int64_t>("-9223372036854775809").error() == Errc::limit_exceeded);
  CHECK(parse_integer<int>(std::string(100, '9')).error() == Errc::limit_exceeded);
}
