#include <gyre/web/internal/failure_answer.hpp>

#include <gyre/base/error.hpp>
#include <gyre/coro/context.hpp>
#include <gyre/http/cancel_status.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/internal/route_scope.hpp>

#include <string>

namespace gyre::internal {
namespace {

using gyre::detail::RouteScope;
using Hook = Callback<void(const ErrorReport&)>;

std::string_view text_of(const std::exception_ptr& failure, std::string& storage) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    storage = exception.what();
    return storage;
  } catch (const Cancelled&) {
    return "Cancelled, out of a request that was not";
  } catch (...) {
    return "unknown exception";
  }
}

void report(const RouteScope* scope, const Hook& hook, Request& request, const std::exception_ptr& failure) noexcept {
  while (scope != nullptr && !scope->error_hook) scope = scope->parent;
  const Hook* const listener = hook ? &hook : scope != nullptr ? &scope->error_hook : nullptr;
  if (listener == nullptr) return;
  try {
    std::string storage;
    (*listener)({request, failure, text_of(failure, storage)});
  } catch (...) {
    // The client still gets its answer; a hook that fails has nobody left to tell.
  }
}

/// Whether somebody takes such failures. Where that fails in its turn, that is the failure.
bool handled(const RouteScope* scope, Request& request, std::exception_ptr& failure, Response& answer) noexcept {
  try {
    for (; scope != nullptr; scope = scope->parent) {
      for (const auto& handler : scope->failure_handlers) {
        if (handler->handle(request, failure, answer)) return true;
      }
    }
  } catch (...) {
    failure = std::current_exception();
  }
  return false;
}

Response safe_problem(const RouteScope* scope, const Hook& hook, Request& request, Status status,
                      std::string_view detail) noexcept {
  try {
    return gyre::detail::problem_at(scope, request, status, detail);
  } catch (...) {
    report(scope, hook, request, std::current_exception());
  }
  try {
    return Response::problem(status, detail);
  } catch (...) {
    return status;
  }
}

/// For what there was no room at the moment.
Response try_again(const RouteScope* scope, const Hook& hook, Request& request) noexcept {
  Response answer = safe_problem(scope, hook, request, Status::service_unavailable, {});
  try {
    answer.set("Retry-After", "1");
  } catch (...) {
    // The status says almost as much.
  }
  return answer;
}

/// What a body that broke on its way is answered with; `Status{0}` if it did not, or `failure` is not its own.
Status body_failure(const Request& request, const Failure& failure) noexcept {
  gyre::detail::BodySource* const source = request.body_source();
  if (source == nullptr || source->failure() == Status{0}) return Status{0};
  const gyre::detail::BodySource::Piece piece = source->collect();  // one that broke says how, and no more
  return piece.error.code() == failure.error().code() ? source->failure() : Status{0};
}

}  // namespace

Response answer_failure(Request& request, std::exception_ptr failure, const Hook& hook) noexcept {
  const auto* scope = static_cast<const RouteScope*>(request.place());
  Response answer;
  if (handled(scope, request, failure, answer)) return answer;
  try {
    std::rethrow_exception(failure);
  } catch (const HttpError& error) {
    return safe_problem(scope, hook, request, error.status(), error.detail());
  } catch (const Failure& broken) {
    const Status status = body_failure(request, broken);
    if (status != Status{0}) return safe_problem(scope, hook, request, status, {});
    report(scope, hook, request, failure);
    if (broken.error().code() == Errc::too_many_descriptors) return try_again(scope, hook, request);
  } catch (...) {
    report(scope, hook, request, failure);
  }
  return safe_problem(scope, hook, request, Status::internal_server_error, {});
}

Status status_of_cancelled(const Request& request) noexcept {
  const CancelReason reason = request.context().reason();
  return reason == CancelReason::deadline ? request.deadline_status() : logged_as(reason);
}

}  // namespace gyre::internal

namespace gyre::detail {

void report_failure(Request& request, const std::exception_ptr& failure) noexcept {
  internal::report(static_cast<const RouteScope*>(request.place()), {}, request, failure);
}

}  // namespace gyre::detail
