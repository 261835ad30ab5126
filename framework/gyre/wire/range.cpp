#include <gyre/wire/range.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/token_list.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace gyre::wire {
namespace {

constexpr std::uint64_t number_max = std::numeric_limits<std::uint64_t>::max();

/// Digits and nothing else; what 64 bits cannot hold is their largest number, since it lies behind every end anyway.
std::optional<std::uint64_t> parse_position(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (!internal::is_digit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    number = number > (number_max - digit) / 10 ? number_max : number * 10 + digit;
  }
  return number;
}

/// What one element of the list asks for.
enum class Element : std::uint8_t { range, unsatisfiable, suffix_of_nothing, bad };

Element parse_element(std::string_view text, std::uint64_t size, ByteRange& range) noexcept {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return Element::bad;
  const std::optional<std::uint64_t> last = parse_position(text.substr(dash + 1));
  if (!last && dash + 1 != text.size()) return Element::bad;
  if (dash == 0) {
    if (!last) return Element::bad;
    if (*last == 0) return Element::unsatisfiable;
    if (size == 0) return Element::suffix_of_nothing;
    range = {size - std::min(size, *last), size - 1};
    return Element::range;
  }
  const std::optional<std::uint64_t> first = parse_position(text.substr(0, dash));
  if (!first || (last && *last < *first)) return Element::bad;
  if (*first >= size) return Element::unsatisfiable;
  range = {*first, std::min(last.value_or(number_max), size - 1)};
  return Element::range;
}

bool overlap_or_touch(const ByteRange& earlier, const ByteRange& later) noexcept {
  return later.first <= earlier.last || later.first - earlier.last == 1;
}

/// Whether the ranges, in the order of their beginnings, have a byte that three of them ask for.
bool has_triple(std::span<const ByteRange> ranges) noexcept {
  if (ranges.size() < 3) return false;
  // The two ends that reach furthest, of what came before.
  std::uint64_t second = std::min(ranges[0].last, ranges[1].last);
  std::uint64_t furthest = std::max(ranges[0].last, ranges[1].last);
  for (const ByteRange& range : ranges.subspan(2)) {
    if (range.first <= second) return true;
    second = std::max(second, std::min(furthest, range.last));
    furthest = std::max(furthest, range.last);
  }
  return false;
}

/// Makes those that overlap or touch one; the ranges are in the order of their beginnings. Returns how many remain.
std::size_t merge(std::span<ByteRange> ranges) noexcept {
  std::size_t count = 1;
  for (const ByteRange range : ranges.subspan(1)) {
    ByteRange& latest = ranges[count - 1];
    if (overlap_or_touch(latest, range)) {
      latest.last = std::max(latest.last, range.last);
    } else {
      ranges[count++] = range;
    }
  }
  return count;
}

/// The ranges as they are answered. Each merged one stands where the first of its parts stood (RFC 9110 15.3.7.2).
RangeAnswer answer_with(std::span<ByteRange> ranges) noexcept {
  std::array<ByteRange, ranges_max> space;
  std::span<ByteRange> merged = std::span(space).first(ranges.size());
  std::copy(ranges.begin(), ranges.end(), merged.begin());
  std::sort(merged.begin(), merged.end(), [](const ByteRange& a, const ByteRange& b) { return a.first < b.first; });
  if (has_triple(merged)) return {};
  merged = merged.first(merge(merged));
  std::array<bool, ranges_max> taken{};
  std::size_t count = 0;
  for (const ByteRange range : ranges) {
    const auto behind =
        std::upper_bound(merged.begin(), merged.end(), range.first,
                         [](std::uint64_t first, const ByteRange& other) { return first < other.first; });
    const auto place = static_cast<std::size_t>(behind - merged.begin()) - 1;
    if (!taken[place]) ranges[count++] = merged[place];
    taken[place] = true;
  }
  return {RangeAnswer::Kind::partial, ranges.first(count)};
}

char* put(char* out, std::string_view text) noexcept { return std::copy(text.begin(), text.end(), out); }

char* put(char* out, std::uint64_t number) noexcept { return std::to_chars(out, out + 20, number).ptr; }

std::string_view text_between(const char* begin, const char* end) noexcept {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

RangeAnswer parse_range(std::string_view field, std::uint64_t size, std::span<ByteRange> room) noexcept {
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos || !equal_ignoring_case(field.substr(0, equals), "bytes")) return {};
  std::size_t listed = 0;
  std::size_t count = 0;
  for (TokenList list{field.substr(equals + 1)}; list.next(); ++listed) {
    if (listed == std::min(room.size(), ranges_max)) return {};
    switch (parse_element(list.element(), size, room[count])) {
      case Element::range: ++count; break;
      case Element::unsatisfiable: break;
      default: return {};
    }
  }
  if (listed == 0) return {};
  if (count == 0) return {RangeAnswer::Kind::unsatisfiable};
  return answer_with(room.first(count));
}

std::string_view format_content_range(ByteRange range, std::uint64_t size,
                                      std::span<char, content_range_bound> out) noexcept {
  char* end = put(put(out.data(), "bytes "), range.first);
  end = put(put(end, "-"), range.last);
  end = put(put(end, "/"), size);
  return text_between(out.data(), end);
}

std::string_view format_unsatisfied_range(std::uint64_t size, std::span<char, content_range_bound> out) noexcept {
  return text_between(out.data(), put(put(out.data(), "bytes */"), size));
}

}  // namespace gyre::wire
