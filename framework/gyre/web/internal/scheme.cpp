#include <gyre/web/internal/scheme.hpp>

#include <gyre/web/internal/request_fields.hpp>
#include <gyre/wire/fields.hpp>

namespace gyre::internal {

bool came_by_https(const Request& request, SchemeTrust trust) noexcept {
  constexpr std::string_view field = "X-Forwarded-Proto";
  if (trust == SchemeTrust::connection || !request.head().find(field)) return request.secure();
  return equal_ignoring_case(only_field(request, field).value_or(std::string_view{}), "https");
}

}  // namespace gyre::internal
