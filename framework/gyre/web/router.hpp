#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/http/service.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/next.hpp>
#include <gyre/web/pattern.hpp>
#include <gyre/web/respond.hpp>

#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace gyre {

/// A registered route, for a look at the table.
struct RouteInfo {
  std::string_view method;   ///< "GET"
  std::string_view pattern;  ///< "/users/{id}"
  std::source_location where;
};

/// Finds the handler for a request, runs the middleware around it, and answers itself where there is no handler.
///
///     Router router;
///     router.use(access_log);
///     router.get("/users/{id}", [](Path<int> id) { return "user " + std::to_string(*id); });
///
/// `Pattern` tells what a path may be; `Extract`, `FromSegment` and `Respondable` what a handler may take and return.
///
/// - **Method.** It takes part in the match: of the routes for a path, the most specific that has the method answers.
///   GET answers HEAD, too (the server leaves the body away), unless there is a HEAD route as specific.
/// - **Answers without a route**, as RFC 9457 problems: 404; 405 with Allow; 204 with Allow for OPTIONS, unless there
///   is a route for it; 400 for a path with `.` or `..` segments in any spelling, a bad escape, `%00`, or an escaped
///   slash where a rest placeholder would take it.
/// - **Path.** Split first, then each segment decoded once: `/a%2Fb` is the one segment "a/b". "/users" and "/users/"
///   are two paths; nothing is redirected.
/// - **Options** of one route stand behind its handler: `router.post("/upload", upload, {.body = 100 << 20});`
/// - **Middleware** runs around all of that, so a log also sees the 404s; the first used is the outermost.
///
/// Set-up mistakes that the compiler cannot see throw `SetupError`. Registering is not thread-safe and ends before the
/// first request; after that every loop may use the router at once. Handlers and middleware live as long as it does.
class Router : public Service {
 public:
  Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  ~Router() override;

  template <class Handler>
  Router& get(Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(Method::get, pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Router& post(Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(Method::post, pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Router& put(Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(Method::put, pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Router& patch(Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(Method::patch, pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Router& delete_(Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(Method::delete_, pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Router& head(Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(Method::head, pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Router& options(Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(Method::options, pattern, std::forward<Handler>(handler), options);
  }

  /// For a method by its value, but `Method::other`.
  template <class Handler>
  Router& route(Method method, Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler,
                RouteOptions options = {}) {
    return route(name(method), pattern, std::forward<Handler>(handler), options);
  }
  /// For a method by its name, so also for one that is not in `Method`: `router.route("PURGE", "/cache", purge)`.
  template <class Handler>
  Router& route(std::string_view method, Pattern<std::type_identity_t<Handler>> pattern, Handler&& handler,
                RouteOptions options = {}) {
    add(method, pattern.text(), pattern.where(), detail::HandlerCheck<std::decay_t<Handler>>::path_parameters,
        detail::make_endpoint(std::forward<Handler>(handler)), options);
    return *this;
  }

  /// Puts middleware around every route and every answer of the router itself; the first is the outermost, in one call
  /// and across calls. Before the first route, or it throws `SetupError` with both lines.
  Router& use(Middleware first, Middleware second = {}, Middleware third = {}, Middleware fourth = {},
              Middleware fifth = {}, Middleware sixth = {}, Middleware seventh = {}, Middleware eighth = {});

  /// Who hears of exceptions that became a 500: called on the loop of the request, so by every loop at once. What it
  /// throws is dropped. Replaces the one before.
  Router& on_error(Callback<void(const ErrorReport&)> hook);

  /// All routes, in the order of registration. The views live as long as the router.
  std::vector<RouteInfo> routes() const;
  /// The same as text, a line each: "GET     /users/{id}  main.cpp:12".
  std::string route_table() const;

  RequestHandler& find(Request& request) noexcept override;
  Response failed(Request& request, std::exception_ptr failure) noexcept override;

 private:
  struct Core;

  void add(std::string_view method, std::string_view pattern, const std::source_location& where,
           const detail::PathParameters& parameters, std::unique_ptr<detail::Endpoint> endpoint,
           const RouteOptions& options);

  std::unique_ptr<Core> core_;
};

}  // namespace gyre
