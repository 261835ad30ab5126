#include <gyre/web/extract.hpp>

#include <gyre/web/detail/pattern_grammar.hpp>

#include <charconv>
#include <cmath>

namespace gyre::detail {
namespace {

/// from_chars reads "inf", "nan" and numbers that more text follows: none of them is a number here.
template <class T>
std::optional<T> parse_finite(std::string_view text) noexcept {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
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
