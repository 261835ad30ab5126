#include <gyre/web/handler.hpp>

namespace gyre::detail {
namespace {

Task<Response> call_in_task(PlainEndpoint* endpoint, Request* request) {
  if (endpoint->body_use() == RequestHandler::BodyUse::collected) {
    const Result<void> collected = co_await request->collect();
    collected.value();
  }
  co_return endpoint->call(*request);
}

}  // namespace

Task<Response> PlainEndpoint::start(Request& request) { return call_in_task(this, &request); }

Response TaskEndpoint::call(Request&) {
  GYRE_ASSERT(kind() == Kind::plain);
  return Status::internal_server_error;
}

Task<Response> TaskEndpoint::start(Request& request) {
  if (request.body_source() == nullptr || body_use() != BodyUse::collected) [[likely]] {
    return begin(request);
  }
  return begin_with_body(this, &request);
}

Task<Response> TaskEndpoint::begin_with_body(TaskEndpoint* endpoint, Request* request) {
  const Result<void> collected = co_await request->collect();
  collected.value();
  Task<Response> task = endpoint->begin(*request);
  Response response = co_await std::move(task);
  co_return std::move(response);
}

Task<Response> answering_task(Response response) { co_return std::move(response); }

Task<Response> failing_task(std::exception_ptr failure) {
  std::rethrow_exception(std::move(failure));
  co_return Status::internal_server_error;
}

}  // namespace gyre::detail
