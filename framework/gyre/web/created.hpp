#pragma once

#include <gyre/web/redirect.hpp>
#include <gyre/web/respond.hpp>

#include <string_view>
#include <utility>

namespace gyre {

/// 201 with the place of what was made (RFC 9110 15.3.2), and perhaps what it is:
///
///     return gyre::Created{"/orders/7", gyre::Json{order}};
///
/// What is an error stays one, without a place: a `Problem`, or the 404 of an empty optional. Throws as `Redirect`
/// does.
class Created : public Response {
 public:
  explicit Created(std::string_view location) : Response(Status::created) { detail::add_location(*this, location); }
  template <Respondable T>
  Created(std::string_view location, T&& body) : Response(respond(std::forward<T>(body))) {
    if (is_error(status())) return;
    set_status(Status::created);
    detail::add_location(*this, location);
  }
};

}  // namespace gyre
