#pragma once

#include <gyre/base/time.hpp>
#include <gyre/web/next.hpp>
#include <gyre/web/scheme_trust.hpp>

#include <source_location>

namespace gyre {

/// What `hsts` promises. Clients keep to it for `max_age`, whatever becomes of the certificate meanwhile: begin with a
/// short one.
struct HstsOptions {
  /// In whole seconds; 0 takes back what was promised before.
  Duration max_age = std::chrono::hours{24 * 365};
  /// For all hosts below this one, too.
  bool include_subdomains = false;
  /// Agrees to the lists that browsers ship. Those ask for a year at least, and for the hosts below.
  bool preload = false;
  SchemeTrust trust = SchemeTrust::connection;
};

/// Middleware: `Strict-Transport-Security` (RFC 6797) on answers that go out by https, and on no other (7.2): clients
/// then use https for this host on their own.
///
///     app.use(gyre::https_redirect(), gyre::hsts({.max_age = 24h * 30}));
///
/// It replaces such a field that a handler has set. Answers of what is thrown behind it have the field only if they are
/// made behind it, too (`recover`). Throws `SetupError` for a negative `max_age`, and for `preload` without what that
/// asks for.
Middleware hsts(HstsOptions options = {}, std::source_location where = std::source_location::current());

}  // namespace gyre
