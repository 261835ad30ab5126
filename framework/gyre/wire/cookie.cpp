#include <gyre/wire/cookie.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>

#include <algorithm>

namespace gyre::wire {
namespace {

bool is_cookie_octet(char c) noexcept { return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; }

}  // namespace

bool Cookies::next() noexcept {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find(';'), rest_.size());
    const std::string_view pair = internal::trim_blanks(rest_.substr(0, end));
    if (!pair.empty()) {
      if (left_ == 0) {
        limit_reached_ = true;
        return false;
      }
      --left_;
    }
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (pair.empty()) continue;
    if (take(pair)) return true;
    ++skipped_;
  }
  return false;
}

bool Cookies::take(std::string_view pair) noexcept {
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view cookie_name = pair.substr(0, equals);
  std::string_view cookie_value = pair.substr(equals + 1);
  if (cookie_value.size() >= 2 && cookie_value.front() == '"' && cookie_value.back() == '"') {
    cookie_value = cookie_value.substr(1, cookie_value.size() - 2);
  }
  if (!is_token(cookie_name) || !is_cookie_value(cookie_value)) return false;
  name_ = cookie_name;
  value_ = cookie_value;
  return true;
}

std::optional<std::string_view> cookie_value(std::string_view field, std::string_view name,
                                             const CookieLimits& limits) noexcept {
  for (Cookies cookies{field, limits}; cookies.next();) {
    if (cookies.name() == name) return cookies.value();
  }
  return std::nullopt;
}

bool is_cookie_value(std::string_view text) noexcept { return std::all_of(text.begin(), text.end(), is_cookie_octet); }

}  // namespace gyre::wire
