#pragma once

#include <gyre/base/character.hpp>
#include <gyre/base/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace gyre::wire {

/// Decodes the percent-escapes of one path segment, once.
///
/// `raw` is a segment as `PathSegments` gives it. Without an escape the result is `raw` itself and nothing is copied;
/// otherwise it views `buffer`, which must have at least `raw.size()` characters. `%2F` becomes a slash inside the
/// segment, `+` stays a plus.
/// Errors: `bad_message` for an escape that is not two hexadecimal digits and for `%00`; `limit_exceeded` if the buffer
/// is too small.
Result<std::string_view> decode_path_segment(std::string_view raw, std::span<char> buffer) noexcept;

/// Decodes one key or value of a query: percent-escapes, and `+` as a space (the URL standard's form encoding). Else
/// like `decode_path_segment`, but `%00` is data.
Result<std::string_view> decode_query_component(std::string_view raw, std::span<char> buffer) noexcept;

/// Whether a raw segment means "." or ".." in any spelling: `.`, `%2e`, `..`, `.%2E`, ... A router refuses them.
bool is_dot_segment(std::string_view raw) noexcept;

/// Whether any segment of the raw path is one (`is_dot_segment`).
bool has_dot_segment(std::string_view path) noexcept;

/// Walks the raw segments of a path that begins with "/". A path has as many segments as slashes: "/" is one empty
/// segment, "/a/" is "a" and an empty one, "/a//b" is "a", "", "b". Split first, decode each once.
///
///     for (PathSegments segments{path}; segments.next();) use(segments.segment());
class PathSegments {
 public:
  explicit PathSegments(std::string_view path) noexcept : rest_(path) {}

  /// Goes to the next segment; false behind the last, and at once for a path that does not begin with "/".
  bool next() noexcept {
    if (rest_.empty() || rest_.front() != '/') return false;
    const std::size_t end = rest_.find('/', 1);
    segment_ = rest_.substr(1, end == std::string_view::npos ? end : end - 1);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
    return true;
  }

  /// The segment that `next` went to, not decoded: a view into the path.
  std::string_view segment() const noexcept { return segment_; }

 private:
  std::string_view rest_;
  std::string_view segment_;
};

/// Walks the `key=value` pairs of a raw query. Empty pairs ("a=1&&b=2") are skipped; a pair without "=" is a key with
/// an empty value.
///
///     for (QueryPairs pairs{query}; pairs.next();) use(pairs.key(), pairs.value());
class QueryPairs {
 public:
  explicit QueryPairs(std::string_view query) noexcept : rest_(query) {}

  /// Goes to the next pair; false behind the last.
  bool next() noexcept;

  /// Of the pair that `next` went to, not decoded: views into the query.
  std::string_view key() const noexcept { return key_; }
  std::string_view value() const noexcept { return value_; }

 private:
  std::string_view rest_;
  std::string_view key_;
  std::string_view value_;
};

/// The raw value of the first pair whose key, decoded, is `key` ("a%62" is found as "ab"); nothing if there is none. A
/// key with a bad escape equals no key.
std::optional<std::string_view> query_value(std::string_view query, std::string_view key) noexcept;

/// An integer type that a number on the wire can be read as: not bool, not a character type.
template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool> && !gyre::detail::Character<T>;

namespace detail {
Result<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t largest) noexcept;
Result<std::int64_t> parse_signed(std::string_view text, std::int64_t smallest, std::int64_t largest) noexcept;
}  // namespace detail

/// Reads a decimal integer that is the whole text: digits, for signed types perhaps after one "-". No "+", no blanks,
/// no other base; leading zeros are fine.
/// Errors: `invalid_argument` if the text is no such number, `limit_exceeded` if `T` cannot hold it.
template <Number T>
Result<T> parse_integer(std::string_view text) noexcept {
  using Limits = std::numeric_limits<T>;
  if constexpr (std::unsigned_integral<T>) {
    const Result<std::uint64_t> number = detail::parse_unsigned(text, Limits::max());
    return number ? Result<T>(static_cast<T>(*number)) : Result<T>(number.error());
  } else {
    const Result<std::int64_t> number = detail::parse_signed(text, Limits::min(), Limits::max());
    return number ? Result<T>(static_cast<T>(*number)) : Result<T>(number.error());
  }
}

}  // namespace gyre::wire
