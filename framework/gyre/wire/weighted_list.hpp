#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre::wire {

/// A weight in thousandths: 0 ("not acceptable") to 1000.
using Quality = std::uint16_t;
inline constexpr Quality quality_max = 1000;

/// Reads a qvalue (RFC 9110 12.4.2): "0" or "1", perhaps with a point and up to three digits, after "1" only zeros.
std::optional<Quality> parse_quality(std::string_view text) noexcept;

/// Walks the elements of Accept, Accept-Encoding, Accept-Language: what is weighted, its parameters, its weight. Quoted
/// strings may hold commas. Empty elements are skipped. The weight is the parameter "q", wherever it stands. A list of
/// more than 128 elements is bad: no user agent sends one, and each is looked at for each thing that is offered.
///
///     WeightedList list{field};
///     while (list.next()) use(list.text(), list.quality());
///     if (list.is_bad()) ignore_the_field();
class WeightedList {
 public:
  explicit WeightedList(std::string_view field) noexcept : rest_(field) {}

  /// Goes to the next element; false behind the last and at the first thing that is none.
  bool next() noexcept;

  /// What stands before the first ";" of the element: "text/html", "gzip", "*". Token characters and "/", no more.
  std::string_view text() const noexcept { return text_; }
  /// Its parameters, "q" among them, for `Parameters`; valid.
  std::string_view parameters() const noexcept { return parameters_; }
  /// Its weight; 1000 if none is given.
  Quality quality() const noexcept { return quality_; }

  /// Whether the walk ended because of something that the grammar does not know.
  bool is_bad() const noexcept { return bad_; }

 private:
  bool take_element() noexcept;

  std::string_view rest_;
  std::string_view text_;
  std::string_view parameters_;
  Quality quality_ = quality_max;
  std::uint8_t left_ = 128;
  bool bad_ = false;
};

}  // namespace gyre::wire
