#pragma once

#include <cstddef>
#include <cstdint>

namespace gyre::wire {

/// The length of an IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT".
inline constexpr std::size_t http_date_size = 29;

/// Writes the instant as IMF-fixdate (RFC 9110 5.6.7), without a terminating NUL.
///
/// `unix_seconds` counts from 1970-01-01T00:00:00Z, leap seconds not counted; what lies outside the years 0000 to 9999
/// is moved to their border. Takes no notice of locale and time zone.
void format_http_date(std::int64_t unix_seconds, char (&out)[http_date_size]) noexcept;

}  // namespace gyre::wire
