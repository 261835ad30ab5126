#include <gyre/wire/status.hpp>

#include <gyre/wire/internal/status_table.hpp>

namespace gyre {

std::string_view reason(Status status) noexcept {
  return wire::internal::registered_statuses[wire::internal::registered_index(status)].reason;
}

}  // namespace gyre
