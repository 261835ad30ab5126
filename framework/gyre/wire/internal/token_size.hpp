#pragma once

#include <gyre/wire/internal/characters.hpp>

#include <cstddef>
#include <string_view>

namespace gyre::wire::internal {

/// The length of the token (RFC 9110 5.6.2) that `text` begins with; 0 if it begins with none.
inline std::size_t token_size(std::string_view text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && is_token_char(text[size])) ++size;
  return size;
}

}  // namespace gyre::wire::internal
