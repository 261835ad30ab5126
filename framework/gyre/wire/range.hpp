#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gyre::wire {

/// Bytes of a representation, `last` included: as in "bytes 0-499/1234". Never empty.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  std::uint64_t size() const noexcept { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

/// What a Range field asks for.
struct RangeAnswer {
  enum class Kind : std::uint8_t {
    whole,          ///< Ignore the field: 200 with the whole representation.
    partial,        ///< 206 with the ranges.
    unsatisfiable,  ///< 416 with `format_unsatisfied_range`.
  };

  Kind kind = Kind::whole;
  std::span<const ByteRange> ranges = {};  ///< One or more if `partial`, of those that were given room.
};

/// No field that lists more ranges is answered with parts, however much room there is.
inline constexpr std::size_t ranges_max = 64;

/// Reads the value of a Range field (RFC 9110 14.1.2 and 14.2) for a representation of `size` bytes.
///
/// `room` holds the ranges, and its size, but `ranges_max` at most, is the limit on how many the field may list, those
/// that cannot be satisfied included; 16 is plenty. Ranges that overlap or touch are made one. The order is the
/// field's. The work grows with n log n.
///
/// The whole is sent, as the RFC allows, for: another unit than bytes, a field that breaks the grammar (a last position
/// before the first among it), too many ranges, three that have a byte in common (nobody but an attacker asks for bytes
/// three times), and a suffix of a representation without bytes, which Content-Range cannot say. Positions of any
/// number of digits are understood.
///
/// For GET only: other methods know no ranges. Ask `evaluate_conditions` first, which may say that the field does not
/// count.
RangeAnswer parse_range(std::string_view field, std::uint64_t size, std::span<ByteRange> room) noexcept;

/// The room that a Content-Range value needs at most, in characters.
inline constexpr std::size_t content_range_bound = 68;

/// Writes "bytes 0-499/1234", the Content-Range of a 206 or of a part of multipart/byteranges (RFC 9110 14.4); the
/// result views `out`. `range.last` is below `size`.
std::string_view format_content_range(ByteRange range, std::uint64_t size,
                                      std::span<char, content_range_bound> out) noexcept;

/// Writes "bytes */1234", the Content-Range of a 416.
std::string_view format_unsatisfied_range(std::uint64_t size, std::span<char, content_range_bound> out) noexcept;

}  // namespace gyre::wire
