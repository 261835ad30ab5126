#pragma once

#include <gyre/web/detail/route_scope.hpp>
#include <gyre/web/pattern.hpp>

#include <iterator>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gyre {

template <PrefixText prefix>
class GroupAt;

/// A group of routes: see `GroupAt`.
using Group = GroupAt<"">;

/// What can be registered at a `Router` and at a group of it alike. `Self` is what a call returns, to go on with.
template <class Self, PrefixText prefix>
class Routes {
  template <class Handler>
  using RoutePattern = Pattern<std::type_identity_t<Handler>, prefix>;
  using Where = std::source_location;

 public:
  template <class Handler>
  Self get(RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(Method::get), pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Self post(RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(Method::post), pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Self put(RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(Method::put), pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Self patch(RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(Method::patch), pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Self delete_(RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(Method::delete_), pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Self head(RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(Method::head), pattern, std::forward<Handler>(handler), options);
  }
  template <class Handler>
  Self options(RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(Method::options), pattern, std::forward<Handler>(handler), options);
  }

  /// For a method by its value, but `Method::other`.
  template <class Handler>
  Self route(Method method, RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    return route(name(method), pattern, std::forward<Handler>(handler), options);
  }
  /// For a method by its name, so also for one that is not in `Method`: `router.route("PURGE", "/cache", purge)`.
  template <class Handler>
  Self route(std::string_view method, RoutePattern<Handler> pattern, Handler&& handler, RouteOptions options = {}) {
    detail::add_route(*scope_, method, pattern.text(),
                      detail::new_handler(std::forward<Handler>(handler), pattern.where()), options);
    return self();
  }

  /// Puts middleware around every route that follows here and in the groups made here, and around the answers that
  /// stand in for a route; the first is the outermost, in one call and across calls. Before the first route, or it
  /// throws `SetupError` with both lines.
  Self use(Middleware first, Middleware second = {}, Middleware third = {}, Middleware fourth = {},
           Middleware fifth = {}, Middleware sixth = {}, Middleware seventh = {}, Middleware eighth = {}) {
    const Middleware list[]{std::move(first), std::move(second), std::move(third),   std::move(fourth),
                            std::move(fifth), std::move(sixth),  std::move(seventh), std::move(eighth)};
    detail::add_middleware(*scope_, list, std::size(list));
    return self();
  }

  /// A group whose patterns all begin with that, and what its routes have otherwise than the server; a route's own
  /// limits come first, member by member.
  GroupAt<prefix> group(Prefix more, RouteOptions options = {}) {
    return GroupAt<prefix>{detail::add_group(*scope_, more.text(), more.where(), options)};
  }
  /// A group whose prefix may have placeholders: the first `Path` parameters of its handlers. As a template argument,
  /// so that the handlers are checked against it when they are compiled.
  template <PrefixText more>
  GroupAt<detail::joined(prefix, more)> group(RouteOptions options = {}, Where where = Where::current()) {
    detail::require(detail::check_prefix(more.view()));
    return GroupAt<detail::joined(prefix, more)>{detail::add_group(*scope_, more.view(), where, options)};
  }
  /// A group without a prefix, for what has middleware of its own: `app.with(auth, audit).get("/admin", page);`
  GroupAt<prefix> with(Middleware first, Middleware second = {}, Middleware third = {}, Middleware fourth = {}) {
    const Middleware list[]{std::move(first), std::move(second), std::move(third), std::move(fourth)};
    detail::RouteScope& scope = detail::add_group(*scope_, {}, list[0].where(), {});
    detail::add_middleware(scope, list, std::size(list));
    return GroupAt<prefix>{scope};
  }

  /// Takes over another router's routes, with all that it has of its own: their patterns begin with `at` from now on,
  /// and everything below that is its business, the 404s too. "" is everything here, for a host.
  ///
  /// The middleware from here is around its own. What it does not say (fallbacks, hooks) is said here. Its states and
  /// those of this router are one set; handles to its groups stay good. `SetupError` with both lines if a route or a
  /// state is there already, if the prefix has an owner (see `not_found`), or if it has hosts.
  Self mount(Prefix at, Router&& inner) {
    detail::mount(*scope_, at.text(), at.where(), inner);
    return self();
  }

  /// Answers where there is no route, with the status that the handler gives: any handler without `Path`. In a group
  /// it is for the paths below its prefix, which then belong to the group: routes outside of it whose placeholders
  /// would match them do not. `SetupError` if they belong to another one.
  template <class Handler>
  Self not_found(Handler&& handler, Where where = Where::current()) {
    return not_found(std::forward<Handler>(handler), RouteOptions{}, where);
  }
  /// The same with what it has otherwise than the server.
  template <class Handler>
  Self not_found(Handler&& handler, RouteOptions options, Where where = Where::current()) {
    detail::set_not_found(*scope_, detail::new_fallback(std::forward<Handler>(handler), where), options);
    return self();
  }
  /// Answers where there is a route, but not for the method. Allow is added to the answer (RFC 9110 15.5.6). In a group
  /// it is for the paths of its routes.
  template <class Handler>
  Self method_not_allowed(Handler&& handler, Where where = Where::current()) {
    detail::set_method_not_allowed(*scope_, detail::new_fallback(std::forward<Handler>(handler), where));
    return self();
  }
  /// How errors look: called as `Response(Request&, Status, std::string_view detail)` in the place of the RFC 9457
  /// problem for the router's own answers (404, 405, 400, 500, ...), for rejections and for `HttpError`. `detail` may
  /// be empty; it lives as long as the call. The answer must be whole, no stream. Owns the paths below a group's prefix
  /// as `not_found` does.
  template <class Renderer>
  Self render_problems(Renderer renderer, Where where = Where::current()) {
    detail::set_renderer(*scope_, ProblemRenderer{std::move(renderer)}, where);
    return self();
  }
  /// Turns what a handler throws into an answer: `app.on_failure<DbError>([](Request&, const DbError&) { ... })`. Those
  /// of the innermost group are asked first, then in the order of registration; the first whose type matches answers,
  /// with anything that a plain handler may return. Called on the loop of the request, so by every loop at once. What
  /// it throws is a failure in its turn, and nobody's to turn into an answer. The error hook does not hear of what was
  /// answered here.
  template <class E, class Function>
  Self on_failure(Function&& function) {
    detail::add_failure_handler(*scope_, detail::make_failure_handler<E>(std::forward<Function>(function)));
    return self();
  }

 protected:
  explicit Routes(detail::RouteScope& scope) noexcept : scope_(&scope) {}

  detail::RouteScope& scope() const noexcept { return *scope_; }

 private:
  Self self() noexcept { return static_cast<Self>(static_cast<std::remove_reference_t<Self>&>(*this)); }

  detail::RouteScope* scope_;
};

/// Routes that have something in common: the beginning of their path, middleware, limits, fallbacks. A handle into a
/// router, cheap to copy, good as long as the router is registered at.
///
///     gyre::Group api = app.group("/api", {.body = 64 << 10});
///     api.use(authenticate);
///     api.get("/users", list_users);                                        // GET /api/users
///     api.group<"/users/{id}">().get("/orders", [](gyre::Path<int> id) { ... });  // GET /api/users/{id}/orders
///
/// `Group` is one whose prefix has no placeholders, or that is known only at run time (`gyre::runtime`); handlers are
/// then checked against the whole pattern when they are registered. `SetupError` for a pattern that gets too long.
template <PrefixText prefix>
class GroupAt : public Routes<GroupAt<prefix>, prefix> {
 public:
  /// Groups are made by `Routes::group`, `Routes::with` and `Router::host`.
  explicit GroupAt(detail::RouteScope& scope) noexcept : Routes<GroupAt<prefix>, prefix>(scope) {}
};

}  // namespace gyre
