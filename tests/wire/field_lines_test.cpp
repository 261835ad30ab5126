#include <gyre/wire/field_lines.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace gyre::wire;

namespace {

std::string walked(std::string_view text) {
  std::string result;
  for (FieldLines lines{text}; lines.next();) {
    ((((result += '[') += lines.name()) += '|') += lines.value()) += ']';
  }
  return result;
}

}  // namespace

TEST_CASE("field lines are walked in order", "[wire][fields]") {
  CHECK(walked("").empty());
  CHECK(walked("A: b\r\n") == "[A|b]");
  CHECK(walked("A: b\r\nC:d\r\na: e\r\n") == "[A|b][C|d][a|e]");
  CHECK(walked("A:\r\nB: \t \r\n") == "[A|][B|]");
  CHECK(walked("A: \t b \t c \t\r\n") == "[A|b \t c]");
  CHECK(walked("A: b:c::\r\n") == "[A|b:c::]");
}

TEST_CASE("the walk ends at what is no field line", "[wire][fields]") {
  CHECK(walked("A: b").empty());
  CHECK(walked("A\r\n").empty());
  CHECK(walked("\r\n").empty());
  CHECK(walked("A: b\r\n\r\nC: d\r\n") == "[A|b]");
  CHECK(walked("A: b\r\nC\r\nD: e\r\n") == "[A|b]");
}

TEST_CASE("a field line is found by its name in any case", "[wire][fields]") {
  const std::string_view lines = "Digest: a\r\nX-B: c\r\ndigest: d\r\n";
  CHECK(find_field_line(lines, "digest") == "a");
  CHECK(find_field_line(lines, "X-b") == "c");
  CHECK_FALSE(find_field_line(lines, "X").has_value());
  CHECK_FALSE(find_field_line({}, "X").has_value());
}
