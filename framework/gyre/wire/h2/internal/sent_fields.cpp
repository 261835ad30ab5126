#include <gyre/wire/h2/internal/sent_fields.hpp>

#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/internal/field_lookup.hpp>

#include <charconv>

namespace gyre::wire::internal {
namespace {

bool is_connection_specific(FieldId id) noexcept {
  switch (id) {
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

/// A name that lives as long as the program, in lower case.
nghttp2_nv with_known_name(std::string_view name, std::string_view value) noexcept {
  return {bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NO_COPY_NAME};
}

nghttp2_nv field_of(FieldId id, std::string_view name, std::string_view value) noexcept {
  if (id != FieldId::unknown) {
    return with_known_name({field_table.known[static_cast<unsigned>(id)].lower, name.size()}, value);
  }
  return {bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

template <class Use>
void for_each_field(std::string_view lines, Use use) {
  for (FieldLines walk{lines}; walk.next();) {
    if (walk.name().empty()) continue;
    const FieldId id = lookup_field_token(walk.name().data(), walk.name().size());
    if (!is_connection_specific(id)) use(field_of(id, walk.name(), walk.value()));
  }
}

}  // namespace

void SentFields::add(std::string_view name, std::string_view value) {
  add({bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
}

void SentFields::add(const nghttp2_nv& field) {
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
  status_ = {static_cast<char>('0' + number / 100), static_cast<char>('0' + number / 10 % 10),
             static_cast<char>('0' + number % 10)};
  add(with_known_name(":status", {status_.data(), status_.size()}));
}

void SentFields::add_lines(std::string_view lines) {
  for_each_field(lines, [&](const nghttp2_nv& field) { add(field); });
}

void SentFields::add_common(std::string_view lines, CommonFields& common) {
  if (lines != common.lines) {
    common.count = 0;
    common.lines = lines;
    bool fits = true;
    for_each_field(common.lines, [&](const nghttp2_nv& field) {
      fits = fits && common.count != CommonFields::most;
      if (fits) common.list[common.count++] = field;
    });
    if (!fits) common.lines.clear();
  }
  if (common.lines.empty()) return add_lines(lines);
  for (std::size_t index = 0; index != common.count; ++index) add(common.list[index]);
}

void SentFields::add_type(std::string_view value) { add(with_known_name("content-type", value)); }

void SentFields::add_length(std::uint64_t bytes) {
  const auto end = std::to_chars(length_.data(), length_.data() + length_.size(), bytes).ptr;
  add(with_known_name("content-length", {length_.data(), static_cast<std::size_t>(end - length_.data())}));
}

}  // namespace gyre::wire::internal
