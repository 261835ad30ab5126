#pragma once

#include <gyre/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::wire {

/// With which requests of other sites a cookie is sent.
enum class SameSite : std::uint8_t {
  unset,   ///< No attribute: user agents take it for `lax`.
  strict,  ///< None.
  lax,     ///< Navigations with safe methods.
  none,    ///< All. Needs `secure`.
};

/// A cookie to be set (RFC 6265 4.1, and what its revision adds: SameSite, name prefixes, Partitioned). Views must live
/// until it is written.
struct SetCookie {
  std::string_view name = {};                ///< A token.
  std::string_view value = {};               ///< See `is_cookie_value`. Never encoded here.
  std::string_view path = {};                ///< Begins with "/". Empty: no attribute, the path of the request.
  std::string_view domain = {};              ///< A host name, whose subdomains get it too. Empty: this host only.
  std::optional<Duration> max_age = {};      ///< Whole seconds count. Zero or less: it is deleted.
  std::optional<std::int64_t> expires = {};  ///< Seconds since 1970-01-01T00:00:00Z. `max_age` wins over it.
  SameSite same_site = SameSite::unset;
  bool secure = false;       ///< Over TLS only.
  bool http_only = false;    ///< Not for scripts.
  bool partitioned = false;  ///< A jar of its own for each top-level site. Needs `secure`.
};

/// Why a cookie is not written: user agents would drop it, or it would say something else.
enum class SetCookieError : std::uint8_t {
  none,
  bad_name,
  bad_value,
  bad_path,
  bad_domain,
  too_large,
  secure_prefix,
  host_prefix,
  same_site_none_not_secure,
  partitioned_not_secure,
};

/// What is wrong, in one sentence for people.
std::string_view describe(SetCookieError error) noexcept;

/// The most bytes of name and value together, and of each attribute, that user agents keep.
inline constexpr std::size_t cookie_pair_max = 4096;
inline constexpr std::size_t cookie_attribute_max = 1024;

/// Whether it can be written, and if not why not. "__Secure-" at the beginning of a name, in any case, needs `secure`;
/// "__Host-" needs `secure`, the path "/" and no domain.
SetCookieError check(const SetCookie& cookie) noexcept;

/// Appends the value of a Set-Cookie field, which gets a field line of its own (RFC 9110 5.3). Appends nothing if
/// `check` finds anything.
[[nodiscard]] SetCookieError append_set_cookie(std::string& out, const SetCookie& cookie);

}  // namespace gyre::wire
