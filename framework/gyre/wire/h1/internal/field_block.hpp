#pragma once

#include <gyre/wire/h1/internal/head_access.hpp>
#include <gyre/wire/internal/byte_scan.hpp>
#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/internal/field_lookup.hpp>

#include <cstddef>
#include <cstdint>

namespace gyre::wire::internal {

/// Reads the field lines at `at` up to and with the empty line into `head`, whose base is set, in a single pass.
/// Returns what follows; nullptr for a block that is not complete, breaks a rule or has more fields than the storage
/// holds. In registers until done: the head is written once.
template <class Scan>
inline const char* read_field_block(const char* at, const char* const end, MessageData& head) noexcept {
  const char* const base = head.base;
  const auto offset = [base](const char* place) { return static_cast<std::uint32_t>(place - base); };
  Field* field = head.fields;
  Field* const last = field + head.field_capacity;
  std::uint64_t seen = 0;
  for (;;) {
    if (end - at < 2) return nullptr;
    if (*at == '\r') break;
    const char* const colon = Scan::name_end(at, end, base);
    const auto name_size = static_cast<std::size_t>(colon - at);
    if (colon == end || *colon != ':' || name_size - 1 >= UINT16_MAX || field == last) return nullptr;

    const char* value = colon + 1;
    while (value != end && is_blank(*value)) ++value;
    const char* const line_end = Scan::value_end(value, end, base);
    if (end - line_end < 2 || line_end[0] != '\r' || line_end[1] != '\n') return nullptr;
    const char* value_end = line_end;
    while (value_end != value && is_blank(value_end[-1])) --value_end;

    const FieldId id = lookup_field_token(at, name_size);
    *field++ = {offset(at), offset(value), static_cast<std::uint32_t>(value_end - value),
                static_cast<std::uint16_t>(name_size), id};
    seen |= bit(id);
    at = line_end + 2;
  }
  if (at[1] != '\n') return nullptr;
  head.field_count = static_cast<std::uint32_t>(field - head.fields);
  head.seen = seen;
  return at + 2;
}

}  // namespace gyre::wire::internal
