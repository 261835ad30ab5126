#pragma once

#include <cstddef>
#include <string_view>

namespace gyre::detail {

template <class T>
consteval std::string_view type_name_in_signature() noexcept {
  return __PRETTY_FUNCTION__;
}

/// The name of a type for people, as the compiler spells it ("shop::Database"); compilers differ in the details.
template <class T>
consteval std::string_view type_name() noexcept {
  // What stands before and behind the name is seen at a type whose name is known.
  constexpr std::string_view known = type_name_in_signature<double>();
  constexpr std::size_t before = known.find("double");
  constexpr std::size_t behind = known.size() - before - std::string_view{"double"}.size();
  constexpr std::string_view text = type_name_in_signature<T>();
  return text.substr(before, text.size() - before - behind);
}

}  // namespace gyre::detail
