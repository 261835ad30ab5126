#pragma once

#include <gyre/web/next.hpp>

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>

namespace gyre {

/// Whose request ids are taken over.
enum class RequestIdTrust : std::uint8_t {
  none,    ///< Each request gets a new one: what comes from the internet could be anything, and used twice.
  client,  ///< That of the request, if it has a good one: behind a proxy or gateway that sets it.
};

/// How `request_id` does it.
struct RequestIdOptions {
  std::string header = "X-Request-Id";
  RequestIdTrust trust = RequestIdTrust::none;
};

/// The id of a request, to be written into logs: `request.extensions().find<gyre::RequestId>()`.
struct RequestId {
  std::string_view text;  ///< 1 to 128 characters of a token (RFC 9110 5.6.2). Lives as long as the request.
};

/// The request's id; empty if no `request_id` has come by.
std::string_view request_id_of(const Request& request) noexcept;

/// Middleware: gives each request an id, for handlers and logs, and the answer a field with it.
///
///     app.use(gyre::request_id({.trust = gyre::RequestIdTrust::client}));
///
/// A new one is 128 bits of the loop's generator in hexadecimal: unlikely to come twice, but no secret. A client's is
/// taken only if it is a token of at most 128 characters and stands once. Throws `SetupError` if the header is no field
/// name that an answer may have.
Middleware request_id(RequestIdOptions options = {}, std::source_location where = std::source_location::current());

}  // namespace gyre
