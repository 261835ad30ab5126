#include <gyre/wire/parameters.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

/// "name=value|" for each parameter, and "bad" where the walk says so.
std::string walk(std::string_view text) {
  std::string result;
  Parameters parameters{text};
  while (parameters.next()) (((result += parameters.name()) += '=') += parameters.value()) += '|';
  if (parameters.is_bad()) result += "bad";
  CHECK_FALSE(parameters.next());
  return result;
}

}  // namespace

TEST_CASE("the end of a quoted string", "[wire][quoted_string]") {
  CHECK(quoted_string_size("\"\"") == 2);
  CHECK(quoted_string_size("\"a\";b") == 3);
  CHECK(quoted_string_size("\"a\\\"b\"c") == 6);
  CHECK(quoted_string_size("\"\\\\\"\"") == 4);
  CHECK(quoted_string_size("\"\t \xff\"") == 5);
  for (const std::string_view text : {""sv, "a"sv, "\""sv, "\"a"sv, "\"a\\"sv, "\"a\\\""sv, "\"\n\""sv, "\"\\\r\""sv,
                                      "\"\0\""sv, "\"\x7f\""sv, " \"\""sv}) {
    INFO(text);
    CHECK(quoted_string_size(text) == 0);
  }
}

TEST_CASE("what a value says", "[wire][quoted_string]") {
  char buffer[16];
  CHECK(unquote("token", {}).value() == "token");
  CHECK(unquote("\"two words\"", {}).value() == "two words");
  CHECK(unquote("\"\"", {}).value().empty());
  CHECK(unquote(R"("a\"b\\c\d")", buffer).value() == R"(a"b\cd)");
  CHECK(unquote(R"("a\"b")", std::span(buffer).first(3)).error() == Errc::limit_exceeded);
  for (const std::string_view raw : {""sv, "a b"sv, "\"a"sv, "a\""sv, "\"a\"b"sv, "\"a\" "sv, "a;b"sv}) {
    INFO(raw);
    CHECK(unquote(raw, buffer).error() == Errc::bad_message);
    CHECK_FALSE(unquotes_to(raw, raw));
  }
  CHECK(unquotes_to("UTF-8", "UTF-8"));
  CHECK_FALSE(unquotes_to("UTF-8", "utf-8"));
  CHECK(unquotes_to_ignoring_case(R"("\U\t\f-8")", "utf-8"));
  CHECK(unquotes_to("\"\"", ""));
  CHECK_FALSE(unquotes_to("\"ab\"", "a"));
  CHECK_FALSE(unquotes_to("\"a\"", "ab"));
}

TEST_CASE("what is quoted says what it said", "[wire][quoted_string]") {
  char buffer[64];
  for (const std::string_view text : {""sv, "a"sv, "two words"sv, "\""sv, "\\"sv, "\\\"\\"sv, "\t,;=\xc3\xa4"sv}) {
    std::string out = "x";
    REQUIRE(append_quoted(out, text));
    CHECK(quoted_string_size(out.substr(1)) == out.size() - 1);
    CHECK(unquote(out.substr(1), buffer).value() == text);
  }
  for (const std::string_view text : {"a\r\nb"sv, "\n"sv, "\0"sv, "\x7f"sv}) {
    std::string out = "x";
    CHECK(append_quoted(out, text).error() == Errc::invalid_argument);
    CHECK(out == "x");
  }
}

TEST_CASE("parameters of a value", "[wire][parameters]") {
  struct Row {
    std::string_view text;
    std::string_view result;
  };
  const Row rows[] = {
      {"", ""},
      {" \t", ""},
      {";", ""},
      {";;; ;", ""},
      {";a=1", "a=1|"},
      {" ; a=1 ;b=2", "a=1|b=2|"},
      {";a=\"x;y,z\";b=2", "a=\"x;y,z\"|b=2|"},
      {";A=1;a=2", "A=1|a=2|"},
      {"a=1", "bad"},
      {";a", "bad"},
      {";a=", "bad"},
      {";a=;b=1", "bad"},
      {";=1", "bad"},
      {";a =1", "bad"},
      {";a= 1", "bad"},
      {";a=1 b=2", "a=1|bad"},
      {";a=\"1", "bad"},
      {";a=\"1\"2", "a=\"1\"|bad"},
      {";a=1;b", "a=1|bad"},
      {";a=1,b=2", "a=1|bad"},
      {";a=\xff", "bad"},
      {";a=1\r\n", "a=1|bad"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(walk(row.text) == row.result);
  }
}

TEST_CASE("a parameter stands once", "[wire][parameters]") {
  CHECK(are_parameters(""));
  CHECK(are_parameters("; a=1; b=1"));
  CHECK_FALSE(are_parameters("; a=1; A=1"));
  CHECK_FALSE(are_parameters("; a=1; b"));
  std::string many;
  for (int i = 0; i < 32; ++i) many += ";n" + std::to_string(i) + "=1";
  CHECK(are_parameters(many));
  CHECK_FALSE(are_parameters(many + ";m=1"));
  CHECK(find_parameter("; a=1; B=\"2\"", "b") == "\"2\"");
  CHECK_FALSE(find_parameter("; a=1; B=2", "c"));
  CHECK_FALSE(find_parameter("; a; b=2", "b"));
}
