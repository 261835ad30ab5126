#include <gyre/web/validation.hpp>

#include <algorithm>
#include <charconv>

namespace gyre::detail {
namespace {

template <class N>
std::string to_text(N number) {
  char buffer[32];
  const char* end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return {buffer, static_cast<std::size_t>(end - buffer)};
}

}  // namespace

std::string number_text(std::int64_t number) { return to_text(number); }
std::string number_text(std::uint64_t number) { return to_text(number); }
std::string number_text(double number) { return to_text(number); }

std::size_t character_count(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string length_detail(std::size_t min, std::size_t max, std::string_view what) {
  const auto counted = [&](std::size_t count) {
    return std::to_string(count) + " " + std::string{what} + (count == 1 ? "" : "s");
  };
  if (min == max) return "must have exactly " + counted(min);
  if (max == std::numeric_limits<std::size_t>::max()) return "must have at least " + counted(min);
  if (min == 0) return "must have at most " + counted(max);
  return "must have from " + std::to_string(min) + " to " + counted(max);
}

}  // namespace gyre::detail
