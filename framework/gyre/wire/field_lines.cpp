#include <gyre/wire/field_lines.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/characters.hpp>

namespace gyre::wire {

bool FieldLines::next() noexcept {
  const std::size_t end = rest_.find("\r\n");
  const std::size_t colon = rest_.find(':');
  if (end == std::string_view::npos || colon > end) return false;
  name_ = rest_.substr(0, colon);
  value_ = internal::trim_blanks(rest_.substr(colon + 1, end - colon - 1));
  rest_.remove_prefix(end + 2);
  return true;
}

std::optional<std::string_view> find_field_line(std::string_view lines, std::string_view name) noexcept {
  for (FieldLines walk{lines}; walk.next();) {
    if (equal_ignoring_case(walk.name(), name)) return walk.value();
  }
  return std::nullopt;
}

}  // namespace gyre::wire
