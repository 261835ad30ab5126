#pragma once

#include <gyre/wire/fields.hpp>

namespace gyre::detail {

/// The fields of an answer that are about its framing, its connection or the moment: no handler writes them.
constexpr bool written_by_server_alone(FieldId id) noexcept {
  switch (id) {
    case FieldId::connection:
    case FieldId::content_length:
    case FieldId::date:
    case FieldId::keep_alive:
    case FieldId::proxy_connection:
    case FieldId::te:
    case FieldId::trailer:
    case FieldId::transfer_encoding:
    case FieldId::upgrade: return true;
    default: return false;
  }
}

}  // namespace gyre::detail
