#include <gyre/wire/h1/internal/field_line.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>

#include <cstdint>

namespace gyre::wire::internal {

HeadError check_field_line(std::string_view line) noexcept {
  if (is_blank(line.front())) return HeadError::obs_fold;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return HeadError::missing_colon;
  const std::string_view name = line.substr(0, colon);
  if (name.empty()) return HeadError::empty_field_name;
  if (is_blank(name.back())) return HeadError::space_before_colon;
  if (name.size() > UINT16_MAX) return HeadError::header_block_too_large;
  return is_token(name) ? HeadError::none : HeadError::bad_field_name;
}

}  // namespace gyre::wire::internal
