#pragma once

#include <gyre/http/request.hpp>
#include <gyre/web/scheme_trust.hpp>

namespace gyre::internal {

/// Whether the request came by https. A trusted X-Forwarded-Proto that stands twice, or is no scheme, says that it did
/// not.
bool came_by_https(const Request& request, SchemeTrust trust) noexcept;

}  // namespace gyre::internal
