#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace gyre::wire {

/// How many cookies are read of a request; beyond it the rest is as if it were not there.
struct CookieLimits {
  std::size_t cookies = 100;  ///< Pairs, with those that are skipped.
};

/// Walks the cookies of a Cookie field (RFC 6265 4.2.1) in their order, names that stand twice included: which of them
/// is meant, nobody can tell. Where a request has several Cookie fields (HTTP/2 cuts them), each is walked.
///
/// Cookies come from whoever could set one, scripts and other hosts of the domain included, so a pair that is not as
/// the RFC writes it is skipped alone: its name must be a token, its value cookie-octets, perhaps in quotes. A quote
/// never reaches over a ";", and nothing is decoded.
///
///     for (Cookies cookies{field}; cookies.next();) use(cookies.name(), cookies.value());
class Cookies {
 public:
  explicit Cookies(std::string_view field, const CookieLimits& limits = {}) noexcept
      : rest_(field), left_(limits.cookies) {}

  /// Goes to the next cookie; false behind the last, and at the limit.
  bool next() noexcept;

  /// The name of the cookie that `next` went to: case-sensitive, a view into the field.
  std::string_view name() const noexcept { return name_; }
  /// Its value, without the quotes around it if there are any.
  std::string_view value() const noexcept { return value_; }

  /// How many pairs were skipped so far.
  std::size_t skipped() const noexcept { return skipped_; }
  /// Whether the walk ended because of the limit.
  bool limit_reached() const noexcept { return limit_reached_; }

 private:
  bool take(std::string_view pair) noexcept;

  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
  std::size_t left_;
  std::size_t skipped_ = 0;
  bool limit_reached_ = false;
};

/// The value of the first cookie with exactly that name. User agents send the one with the longest path first (RFC 6265
/// 5.4). Nothing if there is none.
std::optional<std::string_view> cookie_value(std::string_view field, std::string_view name,
                                             const CookieLimits& limits = {}) noexcept;

/// Whether a text may be a cookie's value: cookie-octets only (RFC 6265 4.1.1), so no controls, blanks, quotes, commas,
/// semicolons, backslashes, and nothing beyond ASCII. The empty text passes. What does not is encoded first:
/// `Base64::url`.
bool is_cookie_value(std::string_view text) noexcept;

}  // namespace gyre::wire
