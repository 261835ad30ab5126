#pragma once

#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>

namespace gyre::internal {

/// What became of a request whose handler threw.
struct FailureAnswer {
  Response response;
  bool is_fault = false;  ///< Of the program, not of the client: the exception is news.
};

/// The answer to the exception that is being handled, as the server and the router would give it: `HttpError` its
/// status, a broken body its own, all else 500. Not for `Cancelled`.
FailureAnswer answer_to_failure(const Request& request);

/// The status that a cancelled request is counted under: 499 if the client has left, else 503.
Status status_of_cancelled(const Request& request) noexcept;

}  // namespace gyre::internal
