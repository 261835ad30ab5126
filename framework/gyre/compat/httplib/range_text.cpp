#include <gyre/compat/httplib/text.hpp>

#include <charconv>
#include <string_view>

namespace gyre::compat::httplib::detail {
namespace {

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The digits at the front as a number, -1 if there are none. False if it does not fit.
bool take_number(std::string_view& text, ssize_t& number) noexcept {
  number = -1;
  if (text.empty() || text.front() < '0' || text.front() > '9') return true;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return failure == std::errc{};
}

}  // namespace

bool parse_range_header(const std::string& s, Ranges& ranges) {
  constexpr std::string_view unit = "bytes=";
  if (!s.starts_with(unit)) return false;
  std::string_view text = std::string_view{s}.substr(unit.size());
  Ranges found;
  bool all_valid = true;
  while (true) {
    ssize_t first = 0;
    ssize_t last = 0;
    if (!take_number(text, first) || !text.starts_with('-')) return false;
    text.remove_prefix(1);
    if (!take_number(text, last)) return false;
    if (first != -1 && last != -1 && first > last) all_valid = false;
    if (all_valid) found.emplace_back(first, last);
    if (text.empty()) break;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  }
  ranges.insert(ranges.end(), found.begin(), found.end());
  return all_valid;
}

}  // namespace gyre::compat::httplib::detail
