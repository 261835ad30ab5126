#include <gyre/web/extract.hpp>

#include <gyre/web/detail/pattern_grammar.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace gyre::detail {
namespace {

/// Whether a decimal number that its type cannot hold is too close to 0, and not too far from it.
bool is_tiny(std::string_view text) noexcept {
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, mark);
  const auto point = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  const auto first = static_cast<std::int64_t>(std::min(digits.find_first_of("123456789"), digits.size()));
  std::string_view power = text.substr(std::min(mark + 1, text.size()));
  if (power.starts_with('+')) power.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto [stop, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (error == std::errc::result_out_of_range) return power.starts_with('-');
  return exponent < first - point;
}

/// from_chars reads "inf", "nan" and numbers that more text follows: none of them is a number here. What is too small
/// for the type is 0.
template <class T>
std::optional<T> parse_finite(std::string_view text) noexcept {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end) return std::nullopt;
  if (error == std::errc::result_out_of_range && is_tiny(text)) return text.starts_with('-') ? -T{0} : T{0};
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

std::string describe(const Expectation& expected) {
  switch (expected.kind) {
    case Expectation::Kind::integer:
      return "must be an integer from " + std::to_string(expected.smallest) + " to " + std::to_string(expected.largest);
    case Expectation::Kind::number: return "must be a number";
    case Expectation::Kind::boolean: return "must be true or false";
    case Expectation::Kind::other: break;
  }
  return "has no valid value";
}

std::optional<double> parse_double(std::string_view text) noexcept { return parse_finite<double>(text); }
std::optional<float> parse_float(std::string_view text) noexcept { return parse_finite<float>(text); }

Rejection bad_parameter(Request& request, std::string_view pattern, unsigned index, const Expectation& expected) {
  PatternSegments segments{pattern};
  for (unsigned skipped = 0; segments.next_placeholder() && skipped < index;) ++skipped;
  std::string text = "path parameter \"";
  text.append(segments.segment().text).append("\" ").append(describe(expected));
  return {Status::bad_request, request.arena().copy(text)};
}

}  // namespace gyre::detail
