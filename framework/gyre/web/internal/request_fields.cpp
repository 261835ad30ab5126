#include <gyre/web/internal/request_fields.hpp>

#include <gyre/web/header.hpp>
#include <gyre/wire/negotiation.hpp>

namespace gyre::internal {

std::optional<std::string_view> joined_field(Request& request, FieldId id) {
  return detail::field_value(request, name(id));
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

std::optional<std::string_view> content_type(const Request& request) noexcept {
  const bool is_there = request.head().has(FieldId::content_type);
  return is_there ? only_field(request, name(FieldId::content_type)) : std::string_view{};
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
