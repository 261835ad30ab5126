#include <gyre/web/extension.hpp>

#include <stdexcept>
#include <string>

namespace gyre::detail {

void extension_missing(std::string_view type) {
  throw std::logic_error{"the request has no " + std::string{type} +
                         ": a middleware in front of this route must set it (request.extensions().set(...))"};
}

}  // namespace gyre::detail
