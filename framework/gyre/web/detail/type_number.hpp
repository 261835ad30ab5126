#pragma once

#include <cstdint>

namespace gyre::detail {

/// A new number at each call.
std::uint32_t next_type_number() noexcept;

/// The number of a type: small, and the same everywhere in the process. It makes a look-up by type an index.
template <class T>
std::uint32_t type_number() noexcept {
  static const std::uint32_t number = next_type_number();
  return number;
}

}  // namespace gyre::detail
