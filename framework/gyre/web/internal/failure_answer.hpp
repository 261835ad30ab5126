#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>
#include <gyre/web/error.hpp>

#include <exception>

namespace gyre::internal {

/// The answer to what a handler or a middleware threw, anything but `Cancelled`: that of the failure handlers around
/// the route, the status of an `HttpError`, that of a body that broke on its way, 503 with Retry-After for want of
/// descriptors, else 500. Of the last two `hook` hears, or the nearest of the router's hooks if it is empty. Never
/// fails: where there is no memory for the text, or the renderer of problems fails, the bare status is left.
Response answer_failure(Request& request, std::exception_ptr failure,
                        const Callback<void(const ErrorReport&)>& hook = {}) noexcept;

/// The status that a cancelled request is counted under: 499 if the client has left, else what it is answered with.
Status status_of_cancelled(const Request& request) noexcept;

}  // namespace gyre::internal
