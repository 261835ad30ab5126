#pragma once

#include <gyre/web/detail/json_describe.hpp>

#include <concepts>

/// Described structs that come from named texts: a query, a form, header fields.
namespace gyre::detail {

/// Whether one text can be read as such a value.
constexpr bool is_scalar(const JsonType& type) noexcept {
  switch (type.kind) {
    case JsonKind::raw:
    case JsonKind::nullable:
    case JsonKind::sequence:
    case JsonKind::array:
    case JsonKind::map:
    case JsonKind::object: return false;
    default: return true;
  }
}

/// The type of a member's text or texts.
constexpr const JsonType& scalar_of(const JsonType& type) noexcept {
  switch (type.kind) {
    case JsonKind::nullable: return *type.nullable->inner;
    case JsonKind::sequence: return *type.sequence->element;
    default: return type;
  }
}

constexpr bool is_flat(const JsonObject& object) noexcept {
  for (const JsonMember& member : object.members) {
    if (!is_scalar(scalar_of(*member.type))) return false;
  }
  return true;
}

/// Whether a member would view the request's memory.
constexpr bool shows_text(const JsonObject& object) noexcept {
  for (const JsonMember& member : object.members) {
    if (scalar_of(*member.type).kind == JsonKind::text_view) return true;
  }
  return false;
}

template <class T>
consteval bool is_flat_struct() {
  if constexpr (JsonStruct<T> && std::default_initializable<T>) {
    return is_flat(JsonShape<T>::shape);
  } else {
    return false;
  }
}

/// The table of such a struct; only where `is_flat_struct`.
template <class T>
inline constexpr const JsonObject& flat_type = JsonShape<T>::shape;

template <class T>
void prepare_flat() {
  if constexpr (JsonShape<T>::shape.prepare != nullptr) JsonShape<T>::shape.prepare();
}

}  // namespace gyre::detail
