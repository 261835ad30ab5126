#pragma once

#include <gyre/web/detail/pattern_grammar.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre::internal {

/// The segments of a request's path: split first, then each decoded once, so that `%2F` is part of its segment. As many
/// as a pattern can have; a longer path has `more()` and matches a rest placeholder only.
class RequestPath {
 public:
  RequestPath() noexcept {}

  /// Splits and decodes the path of `request`. False for a path that no route may see: dot segments in any spelling,
  /// escapes that are none, `%00`, no leading slash. Decoded text goes to the request's arena (which may throw); a path
  /// without escapes is only looked at.
  bool assign(const Request& request);

  unsigned count() const noexcept { return count_; }
  bool more() const noexcept { return more_; }
  std::string_view segment(unsigned index) const noexcept { return {pieces_[index].text, pieces_[index].size}; }

  /// The path from segment `index` on, decoded. Nothing if that has an escaped slash: decoded, nobody could tell it
  /// from those between the segments, and "a%2f..%2fb" would become what dot segments are refused for.
  std::optional<std::string_view> rest(unsigned index, const Request& request) const;

 private:
  struct Piece {
    const char* text;
    std::uint32_t size;
  };

  bool split(std::string_view path) noexcept;
  bool decode(const Request& request);
  bool add(const char* begin, const char* end) noexcept;

  unsigned count_ = 0;
  bool more_ = false;
  bool escaped_ = false;
  Piece pieces_[detail::pattern_segments_max];  // not initialised: only the first `count_` are read
};

}  // namespace gyre::internal
