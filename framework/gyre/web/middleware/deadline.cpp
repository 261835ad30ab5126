#include <gyre/web/middleware/deadline.hpp>

#include <gyre/http/request.hpp>

namespace gyre {

Middleware deadline(Duration length, DeadlineOptions options, std::source_location where) {
  auto limit = [length, status = options.status](Request& request, Next next) -> Task<Response> {
    request.limit_deadline(length, status);
    return next(request);
  };
  return Middleware{limit, where};
}

}  // namespace gyre
