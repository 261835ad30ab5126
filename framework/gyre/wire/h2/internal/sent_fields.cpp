#include <gyre/wire/h2/internal/sent_fields.hpp>

#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/internal/field_lookup.hpp>

#include <charconv>

namespace gyre::wire::internal {
namespace {

bool is_connection_specific(std::string_view name) noexcept {
  switch (lookup_field_token(name.data(), name.size())) {
    case FieldId::connection:
    case FieldId::keep_alive:
    case FieldId::proxy_connection:
    case FieldId::transfer_encoding:
    case FieldId::upgrade: return true;
    default: return false;
  }
}

std::uint8_t* bytes_of(std::string_view text) noexcept {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));  // they are only read
}

}  // namespace

void SentFields::add(std::string_view name, std::string_view value) {
  const nghttp2_nv field{bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
  if (more_.empty() && count_ != few_.size()) {
    few_[count_++] = field;
    return;
  }
  if (more_.empty()) {
    more_.reserve(2 * few_.size());
    more_.assign(few_.begin(), few_.end());
  }
  more_.push_back(field);
}

void SentFields::add_status(Status status) {
  const int number = code(status) < 100 || code(status) > 999 ? code(Status::internal_server_error) : code(status);
  std::to_chars(status_.data(), status_.data() + status_.size(), number);
  add(":status", {status_.data(), 3});
}

void SentFields::add_lines(std::string_view lines) {
  for (FieldLines walk{lines}; walk.next();) {
    if (!walk.name().empty() && !is_connection_specific(walk.name())) add(walk.name(), walk.value());
  }
}

void SentFields::add_length(std::uint64_t bytes) {
  const auto end = std::to_chars(length_.data(), length_.data() + length_.size(), bytes).ptr;
  add("content-length", {length_.data(), static_cast<std::size_t>(end - length_.data())});
}

}  // namespace gyre::wire::internal
