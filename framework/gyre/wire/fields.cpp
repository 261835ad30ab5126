#include <gyre/wire/fields.hpp>

#include <gyre/wire/internal/byte_scan.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/field_lookup.hpp>

#include <algorithm>

namespace gyre {

FieldId field_id(std::string_view name) noexcept {
  return is_token(name) ? wire::internal::lookup_field_token(name.data(), name.size()) : FieldId::unknown;
}

std::string_view name(FieldId id) noexcept {
  const auto index = static_cast<unsigned>(id);
  return index < field_id_count ? wire::internal::field_names[index] : std::string_view{};
}

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto different_bits = static_cast<unsigned char>(left[i] ^ right[i]);
    if (different_bits == 0) continue;
    const char lower = static_cast<char>(left[i] | 0x20);
    if (different_bits != 0x20 || lower < 'a' || lower > 'z') return false;
  }
  return true;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), wire::internal::is_token_char);
}

bool is_field_value(std::string_view text) noexcept {
  const char* end = text.data() + text.size();
  return wire::internal::Scan::value_end(text.data(), end, text.data()) == end;
}

}  // namespace gyre
