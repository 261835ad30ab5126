#include <gyre/wire/http_date.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

constexpr std::int64_t now = 1'785'000'000;  // July 2026

}  // namespace

TEST_CASE("a date is read in its three forms", "[wire][http_date]") {
  struct Row {
    std::string_view text;
    std::int64_t seconds;
  };
  const Row rows[] = {
      {"Sun, 06 Nov 1994 08:49:37 GMT", 784'111'777},
      {"Sunday, 06-Nov-94 08:49:37 GMT", 784'111'777},
      {"Sun Nov  6 08:49:37 1994", 784'111'777},
      {"Sat Nov 26 08:49:37 1994", 785'839'777},
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
      {"Sat, 01 Jan 0000 00:00:00 GMT", -62'167'219'200},
      {"Fri, 31 Dec 9999 23:59:59 GMT", 253'402'300'799},
      {"Tue, 29 Feb 2000 12:00:00 GMT", 951'825'600},
      {"Thu, 29 Feb 2024 12:00:00 GMT", 1'709'208'000},
      {"Sat, 31 Dec 2016 23:59:60 GMT", 1'483'228'800},  // a leap second
      {"Mon, 06 Nov 1994 08:49:37 GMT", 784'111'777},    // not a Monday
      {"Wednesday, 09-Nov-99 00:00:00 GMT", 942'105'600},
      {"Wednesday, 01-Jan-70 00:00:00 GMT", 3'155'760'000},
      {"Tuesday, 01-Jan-30 00:00:00 GMT", 1'893'456'000},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(parse_http_date(row.text, now) == row.seconds);
  }
}

TEST_CASE("a year of two digits lies at most 50 years ahead", "[wire][http_date]") {
  constexpr std::int64_t noon = 1'782'907'200;  // 2026-07-01T12:00:00Z
  CHECK(parse_http_date("Wednesday, 01-Jul-76 12:00:00 GMT", noon) == 3'360'830'400);
  CHECK(parse_http_date("Wednesday, 01-Jul-76 12:00:01 GMT", noon) == 205'070'401);
  CHECK(parse_http_date("Thursday, 02-Jul-76 00:00:00 GMT", noon) == 205'113'600);
  CHECK(parse_http_date("Tuesday, 30-Jun-76 23:59:59 GMT", noon) == 3'360'787'199);
  CHECK(parse_http_date("Friday, 01-Jan-99 00:00:00 GMT", noon) == 915'148'800);
  // 1900 had no 29th of February, 2000 had one.
  CHECK(parse_http_date("Tuesday, 29-Feb-00 00:00:00 GMT", noon) == 951'782'400);
  CHECK_FALSE(parse_http_date("Tuesday, 29-Feb-00 00:00:00 GMT", -1'000'000'000));
  CHECK(parse_http_date("Tuesday, 01-Feb-00 00:00:00 GMT", INT64_MAX).has_value());
  CHECK(parse_http_date("Saturday, 01-Jan-00 00:00:00 GMT", INT64_MIN).has_value());
}

TEST_CASE("any other text is no date", "[wire][http_date]") {
  for (const std::string_view text : {""sv,
                                      "0"sv,
                                      "Sun"sv,
                                      "Sunday"sv,
                                      "now"sv,
                                      "1994-11-06T08:49:37Z"sv,
                                      "Sun, 06 Nov 1994 08:49:37"sv,
                                      "Sun, 06 Nov 1994 08:49:37 UTC"sv,
                                      "Sun, 06 Nov 1994 08:49:37 gmt"sv,
                                      "sun, 06 Nov 1994 08:49:37 GMT"sv,
                                      "Sun, 06 nov 1994 08:49:37 GMT"sv,
                                      "Sun, 06 NOV 1994 08:49:37 GMT"sv,
                                      "Sun, 6 Nov 1994 08:49:37 GMT"sv,
                                      "Sun,  6 Nov 1994 08:49:37 GMT"sv,
                                      "Sun, 00 Nov 1994 08:49:37 GMT"sv,
                                      "Sun, 31 Nov 1994 08:49:37 GMT"sv,
                                      "Sun, 29 Feb 1900 08:49:37 GMT"sv,
                                      "Sun, 30 Feb 2000 08:49:37 GMT"sv,
                                      "Sun, 06 Nov 1994 24:00:00 GMT"sv,
                                      "Sun, 06 Nov 1994 08:60:37 GMT"sv,
                                      "Sun, 06 Nov 1994 08:49:61 GMT"sv,
                                      "Sun, 06 Nov 1994 -8:49:37 GMT"sv,
                                      "Sun, +6 Nov 1994 08:49:37 GMT"sv,
                                      "Sun, 06 Nov 19x4 08:49:37 GMT"sv,
                                      "Sun, 06 Nov 1994 08.49.37 GMT"sv,
                                      "Sun, 06-Nov-1994 08:49:37 GMT"sv,
                                      "Xxx, 06 Nov 1994 08:49:37 GMT"sv,
                                      "unM, 06 Nov 1994 08:49:37 GMT"sv,
                                      "Sun, 06 ovD 1994 08:49:37 GMT"sv,
                                      "Sun, 06 Nov 1994 08:49:37 GMT "sv,
                                      " Sun, 06 Nov 1994 08:49:37 GMT"sv,
                                      "Sun, 06 Nov 1994\t08:49:37 GMT"sv,
                                      "Sunday, 06-Nov-94 08:49:37 UTC"sv,
                                      "Sunday, 6-Nov-94 08:49:37 GMT"sv,
                                      "Sun, 06-Nov-94 08:49:37 GMT"sv,
                                      "Sunday 06-Nov-94 08:49:37 GMT"sv,
                                      "Someday, 06-Nov-94 08:49:37 GMT"sv,
                                      "Sunday, 06 Nov 94 08:49:37 GMT"sv,
                                      "Sunday, 31-Jun-94 08:49:37 GMT"sv,
                                      "Sun Nov 6 08:49:37 1994"sv,
                                      "Sun Nov 06 08:49:37 94  "sv,
                                      "Sun Nov   08:49:37 1994  "sv,
                                      "Sun Nov    08:49:37 1994"sv,
                                      "Sun, 06 Nov 1994 08:49:37 GMT\0"sv,
                                      "Sun Nov 31 08:49:37 1994"sv}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text, now));
  }
}

TEST_CASE("what is written is read", "[wire][http_date]") {
  for (std::int64_t seconds = -62'167'219'200; seconds < 253'402'300'799; seconds += 2'678'399 * 37) {
    char text[http_date_size];
    format_http_date(seconds, text);
    INFO(std::string(text, sizeof text));
    CHECK(parse_http_date({text, sizeof text}, now) == seconds);
  }
}
