#include <gyre/compat/internal/ask_text.hpp>

#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/method.hpp>

#include <algorithm>

namespace gyre::compat {
namespace {

bool about_a_connection(FieldId id) noexcept {
  switch (id) {
    case FieldId::connection:
    case FieldId::content_length:
    case FieldId::expect:
    case FieldId::http2_settings:
    case FieldId::keep_alive:
    case FieldId::proxy_connection:
    case FieldId::te:
    case FieldId::trailer:
    case FieldId::transfer_encoding:
    case FieldId::upgrade: return true;
    default: return false;
  }
}

bool is_one_word(std::string_view text) noexcept {
  const auto ends_it = [](char byte) { return static_cast<unsigned char>(byte) <= ' ' || byte == '\x7f'; };
  return !text.empty() && std::none_of(text.begin(), text.end(), ends_it);
}

void append_line(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

AskText ask_text(const ServiceRequest& request, std::string_view host) {
  AskText text;
  text.valid = is_token(request.method) && is_one_word(request.target);
  std::string& head = text.head;
  head.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  bool has_host = false;
  for (const ServiceField& field : request.fields) {
    const FieldId id = field_id(field.name);
    if (about_a_connection(id)) continue;
    if (!is_token(field.name) || !is_field_value(field.value)) text.valid = false;
    has_host = has_host || id == FieldId::host;
    append_line(head, field.name, field.value);
  }
  if (!has_host) append_line(head, "Host", host);
  if (!request.body.empty()) append_line(head, "Content-Length", std::to_string(request.body.size()));
  head.append("\r\n");
  return text;
}

void append_fields(std::vector<ServiceField>& to, std::string_view lines) {
  for (wire::FieldLines each{lines}; each.next();) {
    to.push_back({std::string{each.name()}, std::string{each.value()}});
  }
}

}  // namespace gyre::compat
