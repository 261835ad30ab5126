#pragma once

#include <concepts>

namespace gyre::detail {

/// A type whose values are characters, though they count as integers. Programs that came from C++17 are compiled
/// without `char8_t` at times.
template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char16_t> ||
#ifdef __cpp_char8_t
                    std::same_as<T, char8_t> ||
#endif
                    std::same_as<T, char32_t>;

}  // namespace gyre::detail
