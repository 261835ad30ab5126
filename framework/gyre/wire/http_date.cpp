#include <gyre/wire/http_date.hpp>

#include <algorithm>
#include <cstring>

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
  std::memcpy(out, &"SunMonTueWedThuFriSat"[3 * weekday], 3);
  put_two(out + 5, date.day);
  std::memcpy(out + 8, &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * date.month], 3);
  put_two(out + 12, date.year / 100);
  put_two(out + 14, date.year % 100);
  put_two(out + 17, second_of_day / 3600);
  put_two(out + 20, second_of_day / 60 % 60);
  put_two(out + 23, second_of_day % 60);
}

}  // namespace gyre::wire
