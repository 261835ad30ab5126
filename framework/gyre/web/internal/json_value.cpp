#include <gyre/web/internal/json_value.hpp>

#include <gyre/base/json_string.hpp>

namespace gyre::internal {

using detail::JsonEnumerator;
using detail::JsonKind;
using detail::JsonType;

namespace {

std::string names_of(const detail::JsonEnumeration& type) {
  std::string text;
  for (const JsonEnumerator& each : type.enumerators) {
    if (!text.empty()) text += ", ";
    text.append("\"").append(each.name).append("\"");
  }
  return text;
}

}  // namespace

bool store_enumerator(const JsonType& type, std::string_view name, void* target) noexcept {
  for (const JsonEnumerator& each : type.enumeration->enumerators) {
    if (each.name != name) continue;
    store_integer(target, type.size, static_cast<std::uint64_t>(each.value));
    return true;
  }
  return false;
}

std::string expectation(const JsonType& type) {
  switch (type.kind) {
    case JsonKind::boolean: return "must be true or false";
    case JsonKind::signed_integer: {
      const std::int64_t max = largest_signed(type.size);
      return "must be an integer from " + std::to_string(-max - 1) + " to " + std::to_string(max);
    }
    case JsonKind::unsigned_integer:
      return "must be an integer from 0 to " + std::to_string(largest_unsigned(type.size));
    case JsonKind::single_real:
    case JsonKind::double_real: return "must be a number";
    case JsonKind::text:
    case JsonKind::text_view: return "must be a string";
    case JsonKind::as_text: return std::string{type.text->expected};
    case JsonKind::enumeration: return "must be one of " + names_of(*type.enumeration);
    case JsonKind::nullable: return expectation(*type.nullable->inner);
    case JsonKind::sequence: return "must be an array";
    case JsonKind::array: return "must be an array of " + std::to_string(type.array->count) + " elements";
    case JsonKind::raw:
    case JsonKind::map:
    case JsonKind::object: break;
  }
  return "must be an object";
}

std::string errors_member(std::string_view place, const std::vector<Violation>& violations) {
  std::string text = "\"errors\":[";
  for (const Violation& violation : violations) {
    if (text.back() != '[') text += ',';
    text.append("{\"").append(place).append("\":");
    append_json_string(text, violation.pointer);
    text += ",\"detail\":";
    append_json_string(text, violation.detail);
    text += '}';
  }
  return text += ']';
}

}  // namespace gyre::internal
