#include <gyre/web/internal/request_fields.hpp>

#include <gyre/wire/negotiation.hpp>

#include <algorithm>

namespace gyre::internal {

std::optional<std::string_view> joined_field(Request& request, FieldId id) {
  std::optional<std::string_view> joined;
  for (const wire::FieldView field : request.head()) {
    if (field.id != id) continue;
    if (!joined) {
      joined = field.value;
      continue;
    }
    const std::size_t size = joined->size() + 1 + field.value.size();
    auto* text = static_cast<char*>(request.arena().allocate(size, 1));
    char* end = std::copy(joined->begin(), joined->end(), text);
    *end++ = ',';
    std::copy(field.value.begin(), field.value.end(), end);
    joined = std::string_view{text, size};
  }
  return joined;
}

std::optional<std::string_view> only_field(const Request& request, std::string_view name) noexcept {
  std::optional<std::string_view> found;
  for (const wire::FieldView field : request.head()) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (found) return std::nullopt;
    found = field.value;
  }
  return found;
}

EncodingChoice choose_coding(Request& request, std::span<const std::string_view> offered) {
  const std::optional<std::string_view> field = joined_field(request, FieldId::accept_encoding);
  EncodingChoice choice;
  if (!field) return choice;
  if (!wire::choose_encoding(field, {})) choice.identity = Identity::refused;
  const std::optional<std::string_view> chosen = wire::choose_encoding(field, offered);
  if (chosen) choice.coding = parse_coding(*chosen).value_or(Coding::identity);
  return choice;
}

}  // namespace gyre::internal
