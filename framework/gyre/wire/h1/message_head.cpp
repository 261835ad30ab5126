#include <gyre/wire/h1/message_head.hpp>

#include <gyre/base/assert.hpp>

#include <algorithm>

namespace gyre::wire::detail {

std::optional<std::string_view> find_field(const MessageData& head, FieldId id) noexcept {
  if (id == FieldId::unknown || (head.seen >> static_cast<unsigned>(id) & 1U) == 0) return std::nullopt;
  for (std::size_t i = 0; i < head.field_count; ++i) {
    if (head.fields[i].id == id) return head.view(head.fields[i]).value;
  }
  return std::nullopt;
}

std::optional<std::string_view> find_field(const MessageData& head, std::string_view name) noexcept {
  if (const FieldId id = field_id(name); id != FieldId::unknown) return find_field(head, id);
  for (std::size_t i = 0; i < head.field_count; ++i) {
    const FieldView field = head.view(head.fields[i]);
    if (field.id == FieldId::unknown && equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

void move_fields(MessageData& head, std::span<Field> storage) noexcept {
  GYRE_ASSERT(storage.size() >= head.field_count);
  std::copy_n(head.fields, head.field_count, storage.data());
  head.fields = storage.data();
  head.field_capacity = static_cast<std::uint32_t>(storage.size());
}

}  // namespace gyre::wire::detail
