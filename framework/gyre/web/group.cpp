#include <gyre/web/group.hpp>

#include <gyre/web/internal/router_core.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/web/router.hpp>
#include <gyre/wire/fields.hpp>

#include <span>

namespace gyre::detail {

/// What mounting wants of the router that is mounted.
struct RouterAccess {
  static internal::RouterCore& core(Router& router) noexcept { return *router.core_; }
  static void clear(Router& router) noexcept { router.core_ = nullptr; }
};

namespace {

using internal::place_text;
using internal::quoted;
using internal::RouteEntry;
using internal::RouterCore;

/// Puts a route, whose pattern and scope are known, into the table of its site.
void enter(Box<RouteEntry> route) {
  RouteEntry& entered = *route;
  entered.wrap();
  entered.scope->site->table.add(std::move(route));
  for (RouteScope* scope = entered.scope; scope != nullptr; scope = scope->parent) {
    if (scope->first_route == nullptr) scope->first_route = &entered;
  }
}

/// Moves a scope, which is not in use yet, from the router that is mounted to the one that has it now.
void adopt(RouteScope& scope, RouteScope& at, std::string_view prefix) {
  scope.core = at.core;
  scope.site = at.site;
  scope.prefix.insert(0, prefix);
  scope.options = scope.options.or_else(at.options);
}

unsigned count_placeholders(std::string_view pattern) noexcept {
  unsigned count = 0;
  for (PatternSegments segments{pattern}; segments.next_placeholder();) ++count;
  return count;
}

void re_enter(Box<RouteEntry> route, const RouteScope& at, std::string_view prefix, const std::source_location& where) {
  route->pattern.insert(0, prefix);
  const PatternFault fault = route->pattern.empty() ? PatternFault::none : check_pattern(route->pattern);
  if (fault != PatternFault::none) {
    throw SetupError{place_text(where) + ": " + quoted(route->pattern) + ", registered at " + place_text(route->where) +
                     ": " + std::string{explain(fault)}};
  }
  Endpoint& endpoint = *route->endpoint;
  endpoint.set_pattern(route->pattern, endpoint.foreign_placeholders() + count_placeholders(prefix));
  endpoint.set_options(endpoint.options().or_else(at.options));
  enter(std::move(route));
}

void claim_again(RouteScope& scope) {
  if (scope.owns_prefix) scope.site->table.claim(scope, scope.claimed_at);
}

}  // namespace

void add_route(RouteScope& scope, std::string_view method, std::string_view pattern, NewHandler handler,
               const RouteOptions& options) {
  std::string whole = scope.prefix;
  whole += pattern;
  const auto refuse = [&](std::string_view why) {
    throw SetupError{place_text(handler.where) + ": " + std::string{method} + " " + quoted(whole) + ": " +
                     std::string{why}};
  };
  if (!is_token(method)) refuse("the method is no token");
  if (method == name(Method::connect)) refuse("CONNECT has no path to route by");
  PatternFault fault = PatternFault::none;
  if (!pattern.empty() && !pattern.starts_with('/')) fault = PatternFault::no_leading_slash;
  if (fault == PatternFault::none && !whole.empty()) fault = check_pattern(whole);
  if (fault == PatternFault::none) fault = check_parameters(whole, handler.facts.path);
  if (fault != PatternFault::none) refuse(explain(fault));

  auto route = make_box<RouteEntry>(nullptr, &scope, parse_method(method), std::string{method}, std::move(whole),
                                    handler.where, handler.facts, std::move(handler.endpoint));
  route->endpoint->set_pattern(route->pattern, 0);
  route->endpoint->set_options(options.or_else(scope.options));
  enter(std::move(route));
}

RouteScope& add_group(RouteScope& parent, std::string_view prefix, const std::source_location& where,
                      const RouteOptions& options) {
  if (const PatternFault fault = check_prefix(prefix); fault != PatternFault::none) {
    throw SetupError{place_text(where) + ": the group " + quoted(prefix) + ": " + std::string{explain(fault)}};
  }
  RouteScope& scope = parent.core->add_scope(parent, *parent.site);
  scope.prefix += prefix;
  scope.where = where;
  scope.options = options.or_else(parent.options);
  return scope;
}

void add_middleware(RouteScope& scope, const Middleware* list, std::size_t count) {
  for (const Middleware& middleware : std::span{list, count}) {
    if (!middleware) continue;
    if (scope.first_route != nullptr) {
      const RouteEntry& route = *scope.first_route;
      throw SetupError{place_text(middleware.where()) + ": use() must come before the first route, " +
                       route.method_name + " " + quoted(route.pattern) + ", registered at " + place_text(route.where)};
    }
    scope.own_middleware.push_back(middleware.body());
  }
  scope.refresh();
}

void mount(RouteScope& at, std::string_view given, const std::source_location& where, Router& router) {
  const auto refuse = [&](std::string_view why) {
    throw SetupError{place_text(where) + ": the router mounted at " + quoted(given) + ": " + std::string{why}};
  };
  if (const PatternFault fault = check_prefix(given); fault != PatternFault::none) refuse(explain(fault));
  RouterCore& core = *at.core;
  RouterCore& inner = RouterAccess::core(router);
  if (&core == &inner) refuse("a router cannot be mounted into itself");
  if (inner.sites.size() > 1) refuse("it has hosts, which only the outermost router can have");

  const std::string prefix = at.prefix + std::string{given};
  RouteScope& root = inner.root();
  auto routes = inner.sites.front()->table.take_routes();
  std::vector<RouteScope*> claiming;
  for (auto& scope : inner.scopes) {
    adopt(*scope, at, prefix);
    if (scope.get() != &root) claiming.push_back(scope.get());
    core.scopes.push_back(std::move(scope));
  }
  inner.scopes.clear();
  root.parent = &at;
  root.where = where;
  at.children.push_back(&root);
  root.refresh();
  core.states.add_all(inner.states);
  for (auto& route : routes) re_enter(std::move(route), at, prefix, where);
  at.site->table.claim(root, where);
  for (RouteScope* scope : claiming) claim_again(*scope);
  RouterAccess::clear(router);
}

void set_not_found(RouteScope& scope, NewHandler handler, const RouteOptions& options) {
  scope.site->table.claim(scope, handler.where);
  scope.not_found = {std::move(handler.endpoint), handler.facts, handler.where};
  scope.not_found.endpoint->set_options(options.or_else(scope.options));
  scope.refresh();
}

void set_method_not_allowed(RouteScope& scope, NewHandler handler) {
  scope.method_not_allowed = {std::move(handler.endpoint), handler.facts, handler.where};
  scope.method_not_allowed.endpoint->set_options(scope.options);
  scope.allow_handler = make_box<internal::AllowHandler>(*scope.method_not_allowed.endpoint);
  scope.refresh();
}

void set_renderer(RouteScope& scope, ProblemRenderer renderer, const std::source_location& where) {
  scope.site->table.claim(scope, where);
  scope.renderer = std::move(renderer);
}

void add_failure_handler(RouteScope& scope, Box<FailureHandler> handler) {
  scope.failure_handlers.push_back(std::move(handler));
}

}  // namespace gyre::detail
