#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace gyre {

/// Bytes that somebody else owns, to read.
using Bytes = std::span<const std::byte>;
/// Bytes that somebody else owns, to write into.
using MutableBytes = std::span<std::byte>;

/// The bytes of a text.
inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The same bytes seen as text.
inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace gyre
