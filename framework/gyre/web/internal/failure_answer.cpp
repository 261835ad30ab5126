#include <gyre/web/internal/failure_answer.hpp>

#include <gyre/base/error.hpp>
#include <gyre/coro/context.hpp>
#include <gyre/web/error.hpp>

namespace gyre::internal {

FailureAnswer answer_to_failure(const Request& request) {
  try {
    throw;
  } catch (const HttpError& error) {
    return {Response::problem(error.status(), error.detail())};
  } catch (const Failure&) {
    const gyre::detail::BodySource* source = request.body_source();
    const Status status = source == nullptr ? Status{0} : source->failure();
    if (status != Status{0}) return {Response::problem(status)};
  } catch (...) {
  }
  return {Response::problem(Status::internal_server_error), true};
}

Status status_of_cancelled(const Request& request) noexcept {
  constexpr Status client_closed_request{499};  // no RFC has a number for it; nginx's is widely understood
  return request.context().reason() == CancelReason::client_gone ? client_closed_request : Status::service_unavailable;
}

}  // namespace gyre::internal
