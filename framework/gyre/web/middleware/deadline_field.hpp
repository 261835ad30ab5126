#pragma once

#include <gyre/base/result.hpp>
#include <gyre/base/time.hpp>
#include <gyre/web/next.hpp>
#include <gyre/wire/status.hpp>

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>

namespace gyre {

/// How a field says how much time is left.
enum class DeadlineFormat : std::uint8_t {
  milliseconds,  ///< Digits: "1500".
  /// As the field grpc-timeout of gRPC over HTTP/2: one to eight digits and a unit (H, M, S, m, u, n), "1500m".
  grpc,
};

/// How `deadline_from` answers.
struct DeadlineFieldOptions {
  Status status = Status::gateway_timeout;
};

/// Middleware: takes the client's word for how long it will wait. Not on unless it is used: the field is the client's.
///
///     app.use(gyre::deadline_from("grpc-timeout", gyre::DeadlineFormat::grpc));
///
/// It can only shorten what `Limits::handler`, the route and other middleware allow (see `deadline`). A request without
/// the field goes on as it is. One whose field is malformed, or stands there more than once, gets 400. With no time
/// left at all it is answered with `status` at once, and what is behind is not called. Throws `SetupError` if `name` is
/// no field name.
Middleware deadline_from(std::string name, DeadlineFormat format, DeadlineFieldOptions options = {},
                         std::source_location where = std::source_location::current());

/// The value of such a field for a call that goes out: `left`, rounded down, so that nobody is given more time than
/// there is. A negative one is none. Throws `std::bad_alloc`.
///
///     gyre::Context& context = co_await gyre::this_context();
///     const gyre::Duration left = context.deadline() - co_await gyre::now();
///     const std::string value = gyre::timeout_field(gyre::DeadlineFormat::milliseconds, left);
std::string timeout_field(DeadlineFormat format, Duration left);

namespace detail {

/// What such a field says: never negative, `Duration::max()` for more than that. Errors: `bad_message`.
Result<Duration> parse_timeout(DeadlineFormat format, std::string_view text) noexcept;

}  // namespace detail

}  // namespace gyre
