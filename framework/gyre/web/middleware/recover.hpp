#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/next.hpp>

#include <source_location>

namespace gyre {

/// Who hears of it.
struct RecoverOptions {
  /// Called with each exception that becomes a 500 (or a 503, for want of descriptors), on the loop of the request: by
  /// every loop at once. What it throws is dropped.
  Callback<void(const ErrorReport&)> on_error = {};
};

/// Middleware: turns what is thrown behind it into an answer, so that what is before it (a log, a request id) sees a
/// `Response`.
///
///     app.use(gyre::access_log(), gyre::request_id(), gyre::recover({.on_error = report}));
///
/// The answer is what the router would have made of it: that of an `on_failure` handler, the status of an `HttpError`
/// or of a body that broke on its way (400, 413, ...), 503 for want of descriptors, anything else a 500. `Cancelled`
/// passes: there is nobody to answer.
Middleware recover(RecoverOptions options = {}, std::source_location where = std::source_location::current());

}  // namespace gyre
