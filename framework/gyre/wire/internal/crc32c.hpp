#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::wire::internal {

inline constexpr std::array<std::uint32_t, 256> crc32c_table = [] {
  constexpr std::uint32_t polynomial = 0x82f63b78;  // Castagnoli's, reflected
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t index = 0; index < table.size(); ++index) {
    std::uint32_t value = index;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? polynomial : 0);
    table[index] = value;
  }
  return table;
}();

/// A CRC32c (RFC 9260 appendix A) over bytes that come in pieces.
class Crc32c {
 public:
  void add(std::string_view bytes) noexcept {
    for (const char c : bytes) add(static_cast<std::uint8_t>(c));
  }
  void add_zeros(std::size_t count) noexcept {
    while (count-- != 0) add(std::uint8_t{0});
  }
  std::uint32_t value() const noexcept { return ~state_; }

 private:
  void add(std::uint8_t byte) noexcept { state_ = (state_ >> 8U) ^ crc32c_table[(state_ ^ byte) & 0xffU]; }

  std::uint32_t state_ = ~std::uint32_t{0};
};

}  // namespace gyre::wire::internal
