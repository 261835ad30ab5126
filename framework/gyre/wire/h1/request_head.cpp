#include <gyre/wire/h1/request_head.hpp>

#include <gyre/base/assert.hpp>

#include <algorithm>

namespace gyre::wire {

std::optional<std::string_view> RequestHead::find(FieldId id) const noexcept {
  if (id == FieldId::unknown || !has(id)) return std::nullopt;
  for (std::size_t i = 0; i < data_.field_count; ++i) {
    if (data_.fields[i].id == id) return field(i).value;
  }
  return std::nullopt;
}

std::optional<std::string_view> RequestHead::find(std::string_view name) const noexcept {
  if (const FieldId id = field_id(name); id != FieldId::unknown) return find(id);
  for (std::size_t i = 0; i < data_.field_count; ++i) {
    if (data_.fields[i].id == FieldId::unknown && equal_ignoring_case(field(i).name, name)) return field(i).value;
  }
  return std::nullopt;
}

void RequestHead::move_fields(std::span<Field> storage) noexcept {
  GYRE_ASSERT(storage.size() >= data_.field_count);
  std::copy_n(data_.fields, data_.field_count, storage.data());
  data_.fields = storage.data();
  data_.field_capacity = static_cast<std::uint32_t>(storage.size());
}

}  // namespace gyre::wire
