#pragma once

#include <gyre/web/detail/json_type.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

/// What readers of described types share, wherever the values come from.
namespace gyre::internal {

/// The range of an integer type of so many bytes; the smallest signed one is one less than the negated largest.
inline std::uint64_t largest_unsigned(std::size_t size) noexcept { return ~std::uint64_t{0} >> (64U - 8U * size); }
inline std::int64_t largest_signed(std::size_t size) noexcept {
  return static_cast<std::int64_t>(largest_unsigned(size) >> 1U);
}

/// Stores the low bytes of a number that fits.
inline void store_integer(void* target, std::size_t size, std::uint64_t value) noexcept {
  const auto put = [&](auto narrow) { std::memcpy(target, &narrow, sizeof narrow); };
  switch (size) {
    case 1: return put(static_cast<std::uint8_t>(value));
    case 2: return put(static_cast<std::uint16_t>(value));
    case 4: return put(static_cast<std::uint32_t>(value));
    default: return put(value);
  }
}

/// Stores the enumerator of that name; false if there is none.
bool store_enumerator(const detail::JsonType& type, std::string_view name, void* target) noexcept;

/// What a client is told that a value of this type should have been: "must be an integer from 0 to 255".
std::string expectation(const detail::JsonType& type);

/// The violations as a member of a problem: `"errors":[{"<place>":"...","detail":"..."}]`.
std::string errors_member(std::string_view place, const std::vector<Violation>& violations);

}  // namespace gyre::internal
