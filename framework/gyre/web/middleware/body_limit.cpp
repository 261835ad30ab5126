#include <gyre/web/middleware/body_limit.hpp>

#include <gyre/http/request.hpp>
#include <gyre/web/handler.hpp>

namespace gyre {

Middleware body_limit(std::uint64_t bytes, std::source_location where) {
  auto limit = [bytes](Request& request, Next next) -> Task<Response> {
    if (request.limit_body(bytes)) return next(request);
    return detail::answering_task(Response::problem(Status::content_too_large));
  };
  return Middleware{limit, where};
}

}  // namespace gyre
