#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre::wire {

/// The length of an IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT".
inline constexpr std::size_t http_date_size = 29;

/// Writes the instant as IMF-fixdate (RFC 9110 5.6.7), without a terminating NUL.
///
/// `unix_seconds` counts from 1970-01-01T00:00:00Z, leap seconds not counted; what lies outside the years 0000 to 9999
/// is moved to their border. Takes no notice of locale and time zone.
void format_http_date(std::int64_t unix_seconds, char (&out)[http_date_size]) noexcept;

/// Reads an HTTP-date in each of the three forms that a recipient must know (RFC 9110 5.6.7): IMF-fixdate
/// ("Sun, 06 Nov 1994 08:49:37 GMT"), rfc850-date ("Sunday, 06-Nov-94 08:49:37 GMT") and asctime-date
/// ("Sun Nov  6 08:49:37 1994").
///
/// `unix_now`, the present in seconds since 1970-01-01T00:00:00Z, decides the century of a two-digit year: the latest
/// that does not lie more than 50 years in the future. Returns seconds of that count. A leap second is the second after
/// it. Nothing for any other text: the case of letters, every blank and the number of digits count, and the day must
/// exist in its month. Only whether the weekday is the date's own is not asked.
std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t unix_now) noexcept;

}  // namespace gyre::wire
