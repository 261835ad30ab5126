#include <gyre/wire/form.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

/// "name=value|" for each pair, and the name of the error if there is one.
std::string walk(std::string_view form, const FormLimits& limits = {}) {
  std::vector<char> buffer(form_decoded_bound(form));
  std::string result;
  FormPairs pairs{form, buffer, limits};
  while (pairs.next()) (((result += pairs.name()) += '=') += pairs.value()) += '|';
  if (pairs.error()) result += name(pairs.error()->code());
  CHECK_FALSE(pairs.next());
  return result;
}

}  // namespace

TEST_CASE("the pairs of a form are decoded in order", "[wire][form]") {
  struct Row {
    std::string_view form;
    std::string_view result;
  };
  const Row rows[] = {
      {"", ""},
      {"&&&", ""},
      {"a=1", "a=1|"},
      {"a=1&b=2&a=3", "a=1|b=2|a=3|"},
      {"a", "a=|"},
      {"a=", "a=|"},
      {"=1", "=1|"},
      {"=", "=|"},
      {"=&=", "=|=|"},
      {"&a=1&&b=2&", "a=1|b=2|"},
      {"a=b=c", "a=b=c|"},
      {"a+b=c+d", "a b=c d|"},
      {"a%2Bb=%20", "a+b= |"},
      {"a%26b=c%3Dd%26", "a&b=c=d&|"},
      {"%61=%3d%3D", "a===|"},
      {"a=%00", "a=\0|"sv},
      {"a=%0D%0A", "a=\r\n|"},
      {"a=%C3%A4&\xc3\xa4=1", "a=\xc3\xa4|\xc3\xa4=1|"},
      {"a=%ff", "a=\xff|"},
      {"a=%2526", "a=%26|"},
      {"a;b=1;c=2", "a;b=1;c=2|"},
      {"a=1&b=%", "a=1|bad_message"},
      {"a=1&b=%4", "a=1|bad_message"},
      {"a=1&%zz=1&c=2", "a=1|bad_message"},
      {"a=%u0041", "bad_message"},
      {"a=%%41", "bad_message"},
      {"a=%+1", "bad_message"},
  };
  for (const Row& row : rows) {
    INFO(row.form);
    CHECK(walk(row.form) == row.result);
  }
}

TEST_CASE("a form has a limit on its pairs", "[wire][form]") {
  CHECK(walk("a=1&b=2", {.pairs = 2}) == "a=1|b=2|");
  CHECK(walk("a=1&b=2&c=3", {.pairs = 2}) == "a=1|b=2|limit_exceeded");
  CHECK(walk("&&a=1&&b=2&&", {.pairs = 2}) == "a=1|b=2|");
  CHECK(walk("a", {.pairs = 0}) == "limit_exceeded");
  CHECK(walk("", {.pairs = 0}).empty());
}

TEST_CASE("nothing is copied that is not escaped, and what is stays valid", "[wire][form]") {
  const std::string_view plain = "name=value";
  FormPairs pairs{plain, {}};
  REQUIRE(pairs.next());
  CHECK(pairs.name().data() == plain.data());
  CHECK(pairs.value().data() == plain.data() + 5);
  CHECK(form_decoded_bound(plain) == 0);

  const std::string_view form = "a+b=%41%42&c=+&%20=x";
  std::vector<char> buffer(form_decoded_bound(form));
  std::vector<std::string_view> views;
  for (FormPairs walked{form, buffer}; walked.next();) {
    views.push_back(walked.name());
    views.push_back(walked.value());
  }
  CHECK(views == std::vector<std::string_view>{"a b", "AB", "c", " ", " ", "x"});
}

TEST_CASE("a buffer that is too small is an error", "[wire][form]") {
  char buffer[4];
  FormPairs pairs{"a=b+c&d=e+f", buffer};
  CHECK(pairs.next());
  CHECK_FALSE(pairs.next());
  CHECK(pairs.error() == Errc::limit_exceeded);
}

TEST_CASE("what a form says is read as it was written", "[wire][form]") {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  std::string form;
  FormWriter(form).add("a b", "1&2=3").add("", "").add("~*-._", every);
  CHECK(form.starts_with("a+b=1%262%3D3&=&%7E*-._=%00%01"));
  std::vector<char> buffer(form_decoded_bound(form));
  FormPairs pairs{form, buffer};
  REQUIRE(pairs.next());
  CHECK(pairs.name() == "a b");
  CHECK(pairs.value() == "1&2=3");
  REQUIRE(pairs.next());
  CHECK(pairs.name().empty());
  REQUIRE(pairs.next());
  CHECK(pairs.name() == "~*-._");
  CHECK(pairs.value() == every);
  CHECK_FALSE(pairs.next());
  CHECK_FALSE(pairs.error());
}
