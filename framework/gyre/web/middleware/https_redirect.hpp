#pragma once

#include <gyre/web/next.hpp>
#include <gyre/web/scheme_trust.hpp>
#include <gyre/wire/status.hpp>

#include <cstdint>
#include <source_location>
#include <string>

namespace gyre {

/// Where `https_redirect` sends clients, and which.
struct HttpsRedirectOptions {
  /// 308 or 307, which keep method and body, or 301 or 302. Only GET and HEAD get one of the latter two: for all other
  /// methods it is 308 instead of 301, and 307 instead of 302 (RFC 9110 15.4.2, 15.4.3).
  Status status = Status::permanent_redirect;
  /// Where https is served; 443 is not written out.
  std::uint16_t port = 443;
  /// Paths that begin so are served without https, such as "/.well-known/acme-challenge/" (RFC 8555 8.3). Empty: none.
  std::string left_alone = {};
  SchemeTrust trust = SchemeTrust::connection;
};

/// Middleware: answers what did not come by https with a redirection to the same place there; what is behind it is not
/// called.
///
///     app.use(gyre::https_redirect());
///
/// The host is the request's own, without its port; path and query are kept, with those characters escaped that no URI
/// may have. A request without a valid host is a 400. Throws `SetupError` for a status that is none of the four, port
/// 0, and a `left_alone` that does not begin with "/".
Middleware https_redirect(HttpsRedirectOptions options = {},
                          std::source_location where = std::source_location::current());

}  // namespace gyre
