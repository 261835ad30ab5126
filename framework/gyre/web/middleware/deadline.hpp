#pragma once

#include <gyre/base/time.hpp>
#include <gyre/web/next.hpp>
#include <gyre/wire/status.hpp>

#include <source_location>

namespace gyre {

/// How `deadline` answers.
struct DeadlineOptions {
  /// `Status::gateway_timeout` suits what mostly asks other servers.
  Status status = Status::service_unavailable;
};

/// Middleware: what is behind it has `length` to answer, counted from when it is reached.
///
///     app.use(gyre::deadline(2s));
///     app.use(gyre::deadline(2s, {.status = gyre::Status::gateway_timeout}));
///
/// At that instant the client gets the status as an RFC 9457 problem, and the handler is cancelled
/// (`CancelReason::deadline`): see `Request::limit_deadline`. It only shortens: `Limits::handler` and that of the route
/// hold as well. The answer's head ends it; a streamed body is not limited. Costs no coroutine frame.
Middleware deadline(Duration length, DeadlineOptions options = {},
                    std::source_location where = std::source_location::current());

}  // namespace gyre
