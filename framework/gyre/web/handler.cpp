#include <gyre/web/handler.hpp>

namespace gyre::detail {
namespace {

Task<Response> call_in_task(PlainEndpoint* endpoint, Request* request) { co_return endpoint->call(*request); }

}  // namespace

Task<Response> PlainEndpoint::start(Request& request) { return call_in_task(this, &request); }

Response TaskEndpoint::call(Request&) {
  GYRE_ASSERT(kind() == Kind::plain);
  return Status::internal_server_error;
}

Task<Response> answering_task(Response response) { co_return std::move(response); }

Task<Response> failing_task(std::exception_ptr failure) {
  std::rethrow_exception(std::move(failure));
  co_return Status::internal_server_error;
}

}  // namespace gyre::detail
