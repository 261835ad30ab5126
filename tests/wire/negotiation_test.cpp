#include <gyre/wire/negotiation.hpp>
#include <gyre/wire/weighted_list.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

constexpr std::array codings = {"br"sv, "gzip"sv};

std::string encoding(std::optional<std::string_view> field, std::span<const std::string_view> offered = codings) {
  return std::string(choose_encoding(field, offered).value_or("none"));
}

std::string media(std::optional<std::string_view> field, const std::vector<std::string_view>& offered) {
  const auto index = choose_media_type(field, offered);
  return index ? std::string(offered.at(*index)) : "none";
}

}  // namespace

TEST_CASE("weights are read strictly", "[wire][negotiation]") {
  CHECK(parse_quality("0") == 0);
  CHECK(parse_quality("1") == 1000);
  CHECK(parse_quality("0.") == 0);
  CHECK(parse_quality("1.") == 1000);
  CHECK(parse_quality("0.5") == 500);
  CHECK(parse_quality("0.05") == 50);
  CHECK(parse_quality("0.123") == 123);
  CHECK(parse_quality("1.000") == 1000);
  CHECK(parse_quality("0.000") == 0);
  for (const std::string_view text :
       {""sv,   "2"sv,  "00"sv,  "01"sv,   "10"sv, "1.001"sv, "1.1"sv, "0.1234"sv, "1.0000"sv, ".5"sv,
        "-0"sv, "+1"sv, "0,5"sv, "0.5 "sv, " 1"sv, "1e0"sv,   "nan"sv, "0x1"sv,    "0.-1"sv,   "0.5\0"sv}) {
    INFO(text);
    CHECK_FALSE(parse_quality(text));
  }
}

TEST_CASE("the best content coding", "[wire][negotiation]") {
  struct Row {
    std::string_view field;
    std::string_view result;
  };
  const Row rows[] = {
      {"", "identity"},
      {"gzip", "gzip"},
      {"GZIP", "gzip"},
      {"x-gzip", "gzip"},
      {"gzip, br", "br"},
      {"gzip, deflate, br, zstd", "br"},
      {"gzip;q=1.0, br;q=0.8", "gzip"},
      {"gzip;q=0.5", "gzip"},
      {"gzip ; q=0.5 , br ; q=0.6", "br"},
      {"gzip;Q=0.5,br;q=0.4", "gzip"},
      {"deflate", "identity"},
      {"*", "br"},
      {"*;q=0.5, br;q=0", "gzip"},
      {"*;q=0.5, br;q=0.1, gzip;q=0.2", "identity"},
      {"gzip;q=0", "identity"},
      {"gzip;q=0, br;q=0, *", "identity"},
      {"identity", "identity"},
      {"identity, gzip", "gzip"},
      {"identity;q=1, gzip;q=0.5", "identity"},
      {"identity;q=0.5, gzip;q=0.5", "gzip"},
      {"identity;q=0", "none"},
      {"identity;q=0, gzip", "gzip"},
      {"identity;q=0, deflate", "none"},
      {"*;q=0", "none"},
      {"*;q=0, identity", "identity"},
      {"*;q=0, identity;q=0.1", "identity"},
      {"*;q=0, gzip", "gzip"},
      {"gzip;q=0, gzip", "identity"},
      {"gzip, gzip;q=0", "gzip"},
      {",,gzip,", "gzip"},
      // Not to be read: as if it were not there
      {"gzip;q=2", "identity"},
      {"gzip;q=-1", "identity"},
      {"gzip;q", "identity"},
      {"gzip;q=", "identity"},
      {"gzip;q=\"1\"", "identity"},
      {"gzip;q=1;q=0", "identity"},
      {"gzip br", "identity"},
      {"gzip;q=0.0001", "identity"},
      {"identity;q=0, gzip;q=x", "identity"},
      {"\"gzip", "identity"},
  };
  for (const Row& row : rows) {
    INFO(row.field);
    CHECK(encoding(row.field) == row.result);
  }
  CHECK(encoding(std::nullopt) == "identity");
  CHECK(encoding("gzip", {}) == "identity");
  CHECK(encoding("*;q=0", {}) == "none");
}

TEST_CASE("the best media type", "[wire][negotiation]") {
  struct Row {
    std::optional<std::string_view> field;
    std::vector<std::string_view> offered;
    std::string_view result;
  };
  const std::vector<std::string_view> both = {"application/json", "text/html"};
  const Row rows[] = {
      {std::nullopt, both, "application/json"},
      {"", both, "application/json"},
      {"*/*", both, "application/json"},
      {"text/html", both, "text/html"},
      {"TEXT/Html", both, "text/html"},
      {"text/*", both, "text/html"},
      {"text/html, application/json", both, "application/json"},
      {"text/html, application/json;q=0.9", both, "text/html"},
      {"text/html;q=0.5, */*;q=0.4", both, "text/html"},
      {"*/*;q=0.8, text/html;q=0.1", both, "application/json"},
      {"text/*;q=0.3, text/html;q=0.7, */*;q=0.5", both, "text/html"},
      {"text/*, text/html;q=0", both, "none"},
      {"image/png", both, "none"},
      {"application/json;q=0", both, "none"},
      {"application/json;q=0, */*", both, "text/html"},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", both, "text/html"},
      // RFC 9110 12.5.1: the most specific range decides
      {"text/plain;format=flowed, text/plain;q=0.1",
       {"text/plain", "text/plain;format=flowed"},
       "text/plain;format=flowed"},
      {"text/plain;format=flowed", {"text/plain"}, "none"},
      {"text/plain;format=fixed;q=0.4, text/plain;q=0.7", {"text/plain; format=fixed", "text/plain"}, "text/plain"},
      {"text/html", {"text/html; charset=utf-8"}, "text/html; charset=utf-8"},
      {"text/html;charset=UTF-8", {"text/html; charset=\"utf-8\""}, "text/html; charset=\"utf-8\""},
      {"text/html;charset=latin1", {"text/html; charset=utf-8"}, "none"},
      {"a/b;x=\"1,2\";q=0.5, a/c;q=0.6", {"a/b;x=\"1,2\"", "a/c"}, "a/c"},
      {"text/html;q=0.5;level=1", {"text/html;level=1"}, "text/html;level=1"},
      // Equals, and what cannot match
      {"a/*;q=0.5, a/*;q=0.9", {"a/b"}, "a/b"},
      {"text", both, "none"},
      {"*", both, "none"},
      {"*/html", both, "none"},
      {"text/html/x", both, "none"},
      // Not to be read: as if it were not there
      {"text/html;q=1.5", both, "application/json"},
      {"text/html; q = 1", both, "application/json"},
      {"text/html application/json", both, "application/json"},
      {"text/html;x=\"a", both, "application/json"},
      {"text/html;level", both, "application/json"},
  };
  for (const Row& row : rows) {
    INFO(row.field.value_or("(none)"));
    CHECK(media(row.field, row.offered) == row.result);
  }
  CHECK_FALSE(choose_media_type("*/*", {}));
  CHECK_FALSE(choose_media_type(std::nullopt, {}));
}

TEST_CASE("open quotes do not cost the square of the field", "[wire][negotiation]") {
  std::string field = "a/b";
  for (int i = 0; i < 200'000; ++i) field += "\"\\";
  CHECK(media(field, {"a/b"}) == "a/b");
}

TEST_CASE("a list has an end", "[wire][negotiation]") {
  std::string field;
  for (int i = 0; i < 127; ++i) field += "x/y,";
  CHECK(media(field + "c/d", {"a/b", "c/d"}) == "c/d");
  CHECK(media(field + "x/y,c/d", {"a/b", "c/d"}) == "a/b");
}
