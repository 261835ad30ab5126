// Any bytes as a Range field: the ranges lie inside the representation and apart from each other. Any bytes as a query
// or a form: what is decoded fits, lies inside, and is found; what is decoded and written again is read as the same.

#include <gyre/base/assert.hpp>
#include <gyre/wire/form.hpp>
#include <gyre/wire/range.hpp>
#include <gyre/wire/target.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace gyre::wire;
using Pairs = std::vector<std::pair<std::string, std::string>>;

void check_ranges(std::string_view field, std::uint64_t size, std::size_t limit) {
  std::array<ByteRange, 100> room;
  const RangeAnswer answer = parse_range(field, size, std::span(room).first(limit));
  GYRE_ASSERT((answer.kind == RangeAnswer::Kind::partial) == !answer.ranges.empty());
  GYRE_ASSERT(answer.ranges.size() <= std::min(limit, ranges_max));
  std::uint64_t total = 0;
  for (const ByteRange& range : answer.ranges) {
    GYRE_ASSERT(range.first <= range.last && range.last < size);
    for (const ByteRange& other : answer.ranges) {
      GYRE_ASSERT(&range == &other || range.last < other.first || other.last < range.first);
    }
    total += range.size();
    char text[content_range_bound];
    GYRE_ASSERT(format_content_range(range, size, text).starts_with("bytes "));
  }
  GYRE_ASSERT(total <= size);
}

struct Read {
  Pairs pairs;
  bool complete;
};

Read read(std::string_view form, std::size_t limit) {
  std::vector<char> buffer(form_decoded_bound(form));
  Read result{};
  std::vector<std::pair<std::string_view, std::string_view>> views;
  FormPairs pairs{form, buffer, {.pairs = limit}};
  while (pairs.next()) views.emplace_back(pairs.name(), pairs.value());
  // Copied last: all of them stay valid.
  for (const auto& [name, value] : views) result.pairs.emplace_back(name, value);
  result.complete = !pairs.error();
  GYRE_ASSERT(result.pairs.size() <= limit);
  return result;
}

void check_form(std::string_view form, std::size_t limit) {
  const Read first = read(form, limit);
  if (!first.complete) return;
  std::string again;
  FormWriter writer(again);
  for (const auto& [name, value] : first.pairs) {
    writer.add(name, value);
    GYRE_ASSERT(query_value(form, name).has_value());
  }
  const Read second = read(again, limit);
  GYRE_ASSERT(second.complete && second.pairs == first.pairs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{10}, UINT64_MAX}) {
    check_ranges(bytes, length, data[0] % 100U);
  }
  check_form(bytes, data[0] % 100U);
  return 0;
}
