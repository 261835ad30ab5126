#include <gyre/wire/http_date.hpp>

#include <gyre/wire/internal/characters.hpp>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <tuple>

namespace gyre::wire {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t first_second = -62'167'219'200;  // 0000-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;   // 9999-12-31T23:59:59Z

struct CivilDate {
  int year;
  int month;  // 0 is January
  int day;    // 1 to 31
};

/// The Gregorian date of a day counted from 1970-01-01. Years begin in March here, so that the leap day is the last
/// one and months have a regular pattern (153 days in five of them).
CivilDate civil_date(std::int64_t days) noexcept {
  constexpr std::int64_t days_per_era = 146'097;  // 400 years
  days += 719'468;                                // days from 0000-03-01 to 1970-01-01
  const std::int64_t era = (days >= 0 ? days : days - (days_per_era - 1)) / days_per_era;
  const auto day_of_era = static_cast<int>(days - era * days_per_era);
  const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  const int day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const int month = shifted_month < 10 ? shifted_month + 2 : shifted_month - 10;
  const int year = year_of_era + static_cast<int>(era) * 400 + (month <= 1 ? 1 : 0);
  return {year, month, day};
}

/// The inverse of `civil_date`.
std::int64_t days_of(const CivilDate& date) noexcept {
  const int shifted_year = date.month <= 1 ? date.year - 1 : date.year;
  const int era = (shifted_year >= 0 ? shifted_year : shifted_year - 399) / 400;
  const int year_of_era = shifted_year - era * 400;
  const int shifted_month = date.month >= 2 ? date.month - 2 : date.month + 10;
  const int day_of_year = (153 * shifted_month + 2) / 5 + date.day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return std::int64_t{era} * 146'097 + day_of_era - 719'468;
}

bool is_date(const CivilDate& date) noexcept {
  constexpr int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  return date.day >= 1 && date.day <= month_days[date.month] + (date.month == 1 && is_leap ? 1 : 0);
}

constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view long_weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                              "Thursday", "Friday", "Saturday"};

constexpr int no_number = -1;

/// The number that all of these digits write.
int number_of(std::string_view digits) noexcept {
  int number = 0;
  for (const char c : digits) {
    if (!internal::is_digit(c)) return no_number;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// Which of the three-letter names it is.
int name_index(std::string_view names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (names.substr(i, 3) == name) return static_cast<int>(i / 3);
  }
  return no_number;
}

/// Seconds of a day of "08:49:37"; a minute may have 61 seconds.
int time_of(std::string_view text) noexcept {
  const int hour = number_of(text.substr(0, 2));
  const int minute = number_of(text.substr(3, 2));
  const int second = number_of(text.substr(6, 2));
  if (text[2] != ':' || text[5] != ':' || hour < 0 || minute < 0 || second < 0) return no_number;
  return hour > 23 || minute > 59 || second > 60 ? no_number : hour * 3600 + minute * 60 + second;
}

std::optional<std::int64_t> instant_of(const CivilDate& date, std::string_view time) noexcept {
  const int second_of_day = time_of(time);
  if (second_of_day < 0 || date.year < 0 || date.month < 0 || !is_date(date)) return std::nullopt;
  return days_of(date) * seconds_per_day + second_of_day;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<std::int64_t> parse_imf_fixdate(std::string_view text) noexcept {
  if (name_index(weekdays, text.substr(0, 3)) < 0 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const CivilDate date{number_of(text.substr(12, 4)), name_index(months, text.substr(8, 3)),
                       number_of(text.substr(5, 2))};
  return instant_of(date, text.substr(17, 8));
}

/// "Sun Nov  6 08:49:37 1994"
std::optional<std::int64_t> parse_asctime_date(std::string_view text) noexcept {
  if (name_index(weekdays, text.substr(0, 3)) < 0 || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' ||
      text[19] != ' ') {
    return std::nullopt;
  }
  const std::string_view day = text.substr(text[8] == ' ' ? 9 : 8, text[8] == ' ' ? 1 : 2);
  const CivilDate date{number_of(text.substr(20, 4)), name_index(months, text.substr(4, 3)), number_of(day)};
  return instant_of(date, text.substr(11, 8));
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"
std::optional<std::int64_t> parse_rfc850_date(std::string_view text, std::int64_t unix_now) noexcept {
  const std::size_t comma = text.find(',');
  const auto is_weekday = [&](std::string_view name) { return name == text.substr(0, comma); };
  if (std::none_of(std::begin(long_weekdays), std::end(long_weekdays), is_weekday)) return std::nullopt;
  const std::string_view rest = text.substr(comma + 1);  // " 06-Nov-94 08:49:37 GMT"
  if (rest.size() != 23 || rest[0] != ' ' || rest[3] != '-' || rest[7] != '-' || rest[10] != ' ' ||
      rest.substr(19) != " GMT") {
    return std::nullopt;
  }
  const int two_digits = number_of(rest.substr(8, 2));
  if (two_digits < 0) return std::nullopt;
  const std::int64_t present = std::clamp(unix_now, first_second, last_second) - first_second;
  const CivilDate now = civil_date((present / seconds_per_day) + first_second / seconds_per_day);
  const auto now_second = static_cast<int>(present % seconds_per_day);
  CivilDate date{now.year - now.year % 100 + 100 + two_digits, name_index(months, rest.substr(4, 3)),
                 number_of(rest.substr(1, 2))};
  // Compared field by field: the 29th of February does not exist in every century.
  const auto is_too_late = [&] {
    return std::tuple(date.year, date.month, date.day, time_of(rest.substr(11, 8))) >
           std::tuple(now.year + 50, now.month, now.day, now_second);
  };
  while (is_too_late()) date.year -= 100;
  return instant_of(date, rest.substr(11, 8));
}

void put_two(char* out, int value) noexcept {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

void format_http_date(std::int64_t unix_seconds, char (&out)[http_date_size]) noexcept {
  unix_seconds = std::clamp(unix_seconds, first_second, last_second);
  std::int64_t days = unix_seconds / seconds_per_day;
  auto second_of_day = static_cast<int>(unix_seconds % seconds_per_day);
  if (second_of_day < 0) {
    second_of_day += static_cast<int>(seconds_per_day);
    --days;
  }
  const CivilDate date = civil_date(days);
  const auto weekday = static_cast<int>(((days % 7) + 7 + 4) % 7);  // 1970-01-01 was a Thursday

  std::memcpy(out, "Xxx, 00 Xxx 0000 00:00:00 GMT", http_date_size);
  std::memcpy(out, &weekdays[static_cast<std::size_t>(3 * weekday)], 3);
  put_two(out + 5, date.day);
  std::memcpy(out + 8, &months[static_cast<std::size_t>(3 * date.month)], 3);
  put_two(out + 12, date.year / 100);
  put_two(out + 14, date.year % 100);
  put_two(out + 17, second_of_day / 3600);
  put_two(out + 20, second_of_day / 60 % 60);
  put_two(out + 23, second_of_day % 60);
}

std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t unix_now) noexcept {
  if (text.size() == http_date_size && text[3] == ',') return parse_imf_fixdate(text);
  if (text.size() == 24 && text[3] == ' ') return parse_asctime_date(text);
  return parse_rfc850_date(text, unix_now);
}

}  // namespace gyre::wire
