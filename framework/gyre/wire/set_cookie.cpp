#include <gyre/wire/set_cookie.hpp>

#include <gyre/wire/cookie.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/http_date.hpp>
#include <gyre/wire/internal/characters.hpp>

#include <algorithm>
#include <charconv>

namespace gyre::wire {
namespace {

bool is_path(std::string_view text) noexcept {
  const auto fits = [](char c) { return c >= 0x20 && c < 0x7f && c != ';'; };
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), fits);
}

/// Labels of letters, digits and hyphens. A leading dot meant something in RFC 2109 only.
bool is_domain(std::string_view text) noexcept {
  constexpr std::size_t domain_max = 253;
  constexpr std::size_t label_max = 63;
  if (text.size() > domain_max) return false;
  for (;;) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view label = text.substr(0, end);
    const auto fits = [](char c) { return c == '-' || internal::is_class(c, internal::char_alphanumeric); };
    if (label.empty() || label.size() > label_max || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), fits)) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

/// User agents compare the prefixes without regard to case, since some servers do so with names.
bool has_prefix(std::string_view name, std::string_view prefix) noexcept {
  return equal_ignoring_case(name.substr(0, prefix.size()), prefix);
}

void append_number(std::string& out, std::int64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::string_view text_of(SameSite same_site) noexcept {
  switch (same_site) {
    case SameSite::strict: return "; SameSite=Strict";
    case SameSite::lax: return "; SameSite=Lax";
    case SameSite::none: return "; SameSite=None";
    case SameSite::unset: break;
  }
  return {};
}

}  // namespace

std::string_view describe(SetCookieError error) noexcept {
  switch (error) {
    case SetCookieError::none: return "nothing is wrong";
    case SetCookieError::bad_name: return "the name of a cookie is no token";
    case SetCookieError::bad_value: return "the value of a cookie holds a character that must be encoded";
    case SetCookieError::bad_path: return "the path of a cookie does not begin with a slash, or is invalid";
    case SetCookieError::bad_domain: return "the domain of a cookie is no host name";
    case SetCookieError::too_large: return "a cookie is larger than user agents accept";
    case SetCookieError::secure_prefix: return "a cookie named __Secure- must be Secure";
    case SetCookieError::host_prefix: return "a cookie named __Host- must be Secure, with the path / and no domain";
    case SetCookieError::same_site_none_not_secure: return "a cookie with SameSite=None must be Secure";
    case SetCookieError::partitioned_not_secure: return "a partitioned cookie must be Secure";
  }
  return "unknown error";
}

SetCookieError check(const SetCookie& cookie) noexcept {
  if (!is_token(cookie.name)) return SetCookieError::bad_name;
  if (!is_cookie_value(cookie.value)) return SetCookieError::bad_value;
  if (!cookie.path.empty() && !is_path(cookie.path)) return SetCookieError::bad_path;
  if (!cookie.domain.empty() && !is_domain(cookie.domain)) return SetCookieError::bad_domain;
  if (cookie.name.size() + cookie.value.size() > cookie_pair_max || cookie.path.size() > cookie_attribute_max) {
    return SetCookieError::too_large;
  }
  if (has_prefix(cookie.name, "__Secure-") && !cookie.secure) return SetCookieError::secure_prefix;
  if (has_prefix(cookie.name, "__Host-") && !(cookie.secure && cookie.path == "/" && cookie.domain.empty())) {
    return SetCookieError::host_prefix;
  }
  if (cookie.same_site == SameSite::none && !cookie.secure) return SetCookieError::same_site_none_not_secure;
  if (cookie.partitioned && !cookie.secure) return SetCookieError::partitioned_not_secure;
  return SetCookieError::none;
}

SetCookieError append_set_cookie(std::string& out, const SetCookie& cookie) {
  if (const SetCookieError error = check(cookie); error != SetCookieError::none) return error;
  ((out += cookie.name) += '=') += cookie.value;
  if (!cookie.path.empty()) (out += "; Path=") += cookie.path;
  if (!cookie.domain.empty()) (out += "; Domain=") += cookie.domain;
  if (cookie.max_age) {
    out += "; Max-Age=";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*cookie.max_age).count();
    append_number(out, std::max<std::int64_t>(seconds, 0));  // RFC 6265 4.1.1 knows no negative ones
  }
  if (cookie.expires) {
    char date[http_date_size];
    format_http_date(*cookie.expires, date);
    (out += "; Expires=").append(date, sizeof date);
  }
  if (cookie.secure) out += "; Secure";
  if (cookie.http_only) out += "; HttpOnly";
  out += text_of(cookie.same_site);
  if (cookie.partitioned) out += "; Partitioned";
  return SetCookieError::none;
}

}  // namespace gyre::wire
