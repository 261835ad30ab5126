#include <gyre/web/header.hpp>

#include <gyre/wire/fields.hpp>

#include <cstddef>
#include <string>

namespace gyre::detail {
namespace {

Rejection complaint(Request& request, std::string_view name, std::string_view what) {
  std::string text = "header field \"";
  text.append(name).append("\" ").append(what);
  return {Status::bad_request, request.arena().copy(text)};
}

char* put(char* out, std::string_view text) noexcept { return out + text.copy(out, text.size()); }

}  // namespace

std::optional<std::string_view> field_value(Request& request, std::string_view name) {
  const std::optional<std::string_view> first = request.head().find(name);
  if (!first) return first;
  const std::string_view separator = equal_ignoring_case(name, "cookie") ? "; " : ", ";
  std::size_t size = 0;
  std::size_t lines = 0;
  for (const wire::FieldView& field : request.head()) {
    if (!equal_ignoring_case(field.name, name)) continue;
    size += field.value.size() + (lines == 0 ? 0 : separator.size());
    ++lines;
  }
  if (lines == 1) return first;
  char* const text = static_cast<char*>(request.arena().allocate(size, 1));
  char* out = text;
  for (const wire::FieldView& field : request.head()) {
    if (!equal_ignoring_case(field.name, name)) continue;
    out = put(out, field.value);
    if (--lines != 0) out = put(out, separator);
  }
  return std::string_view{text, size};
}

Rejection missing_field(Request& request, std::string_view name) { return complaint(request, name, "is required"); }

Rejection bad_field(Request& request, std::string_view name, const Expectation& expected) {
  return complaint(request, name, describe(expected));
}

}  // namespace gyre::detail
