#include <gyre/compat/internal/httplib_ranges.hpp>

#include <algorithm>

namespace gyre::compat::httplib::internal {
namespace {

constexpr std::size_t ranges_max = 256;

struct Ends {
  ssize_t first;
  ssize_t last;
};

/// The first and the last byte as cpp-httplib works them out: the last may be behind the end.
Ends ends_of(const Range& range, std::size_t total) noexcept {
  const auto size = static_cast<ssize_t>(total);
  const auto& [first, last] = range;
  if (first == -1 && last == -1) return {0, size - 1};
  if (first == -1) return {std::max<ssize_t>(0, size - last), size - 1};
  return {first, last == -1 ? size - 1 : last};
}

std::string range_text(ssize_t first, ssize_t last, std::size_t total) {
  return "bytes " + std::to_string(static_cast<std::size_t>(first)) + "-" +
         std::to_string(static_cast<std::size_t>(last)) + "/" + std::to_string(total);
}

}  // namespace

std::optional<Slice> slice_of(const Range& range, std::size_t total) {
  const Ends ends = ends_of(range, total);
  const auto first = static_cast<std::size_t>(ends.first);
  if (first >= total || ends.last < ends.first) return std::nullopt;
  return Slice{first, std::min(static_cast<std::size_t>(ends.last) + 1, total) - first};
}

std::string content_range(const Range& range, std::size_t total) {
  if (const auto slice = slice_of(range, total)) {
    return range_text(static_cast<ssize_t>(slice->offset), static_cast<ssize_t>(slice->offset + slice->length) - 1,
                      total);
  }
  const Ends ends = ends_of(range, total);
  return range_text(ends.first, ends.last, total);
}

std::optional<std::vector<Slice>> slices_of(const Ranges& ranges, std::size_t total) {
  if (ranges.size() > ranges_max) return std::nullopt;
  std::vector<Slice> slices;
  std::size_t together = 0;
  for (const Range& range : ranges) {
    const auto slice = slice_of(range, total);
    if (!slice) return std::nullopt;
    together += slice->length;
    if (together / 2 > total) return std::nullopt;
    slices.push_back(*slice);
  }
  return slices;
}

std::string part_head(const Slice& slice, std::size_t total, const std::string& boundary,
                      const std::string& content_type) {
  std::string text = "--" + boundary + "\r\n";
  if (!content_type.empty()) text += "Content-Type: " + content_type + "\r\n";
  const auto first = static_cast<ssize_t>(slice.offset);
  const auto last = first + static_cast<ssize_t>(slice.length) - 1;
  return text + "Content-Range: " + range_text(first, last, total) + "\r\n\r\n";
}

std::string closing(const std::string& boundary) { return "--" + boundary + "--\r\n"; }

}  // namespace gyre::compat::httplib::internal
