#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/web/next.hpp>

#include <cstdint>
#include <source_location>
#include <string_view>

namespace gyre {

/// How a line of the access log is written.
enum class AccessLogFormat : std::uint8_t {
  text,  ///< For people, and tools that split at blanks.
  json,  ///< A JSON object, for tools.
};

/// Where access logs go unless they have a sink: standard output, line by line.
void access_log_to_stdout(std::string_view line) noexcept;

/// What `access_log` writes, and where to.
struct AccessLogOptions {
  AccessLogFormat format = AccessLogFormat::text;
  /// Gets each line without its end; valid during the call. Called on the loop of the request, so by every loop at
  /// once, and that loop waits for it. What it throws is dropped. Empty: `access_log_to_stdout`.
  Callback<void(std::string_view line)> sink = {};
};

/// Middleware: a line for each request, when its answer is known. The first to be used, so that it sees what the others
/// answer.
///
///     app.use(gyre::access_log({.format = gyre::AccessLogFormat::json}), gyre::request_id(), gyre::recover());
///
///     2026-01-01T00:00:00.250Z 192.0.2.7 GET "/users/7?full" 200 512 0.001250 9f2c... "curl/7.88.1"
///     {"time":"2026-01-01T00:00:00.250Z","peer":"192.0.2.7","method":"GET","target":"/users/7?full","status":200,
///      "bytes":512,"seconds":0.001250,"request_id":"9f2c...","user_agent":"curl/7.88.1"}   (one line)
///
/// - **peer**: the address of the client, or of a proxy that is none of `ServerOptions::proxies`; "-" (JSON: null) if
///   it has none.
/// - **bytes** of the body as it goes to the next middleware; "-" (JSON: null) for a stream, which has not begun.
/// - **seconds** until the answer was known, by the loop's clock: that moves from turn to turn, so work that does not
///   wait takes none.
/// - **status** as sent: what is thrown behind it is answered here, as by `recover`. For a cancelled request that of
///   its deadline, or of `logged_as`: 499 if the client left first, 503 if the server stopped.
/// - **request_id** if `request_id` is behind it, else "-" (null).
///
/// Whatever the client sends, a line stays one line and can be taken apart: in text, quotes, backslashes, controls and
/// bytes above 0x7e are written as \xHH, in JSON as \u00HH , byte by byte.
Middleware access_log(AccessLogOptions options = {}, std::source_location where = std::source_location::current());

}  // namespace gyre
