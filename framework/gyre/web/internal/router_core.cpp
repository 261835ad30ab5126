#include <gyre/web/internal/router_core.hpp>

#include <gyre/web/internal/setup.hpp>

namespace gyre::internal {
namespace {

void check_needs_of(const StateTable& states, const detail::HandlerFacts& facts, const std::source_location& where,
                    std::string_view title) {
  for (std::size_t i = 0; i < facts.need_count; ++i) {
    const detail::Need& need = facts.needs[i];
    if (need.number == nullptr || states.has(need.number())) continue;
    throw SetupError{place_text(where) + ": " + std::string{title} + " takes a " + std::string{need.parameter} +
                     ", and there is none: add it with " + std::string{need.remedy}};
  }
}

}  // namespace

RouterCore::RouterCore() {
  scopes.push_back(make_box<detail::RouteScope>(*this));
  sites.push_back(make_box<Site>(std::string{}, root()));
  root().site = sites.front().get();
  only_site = root().site;
  root().refresh();
}

detail::RouteScope& RouterCore::add_scope(detail::RouteScope& parent, Site& site) {
  scopes.push_back(make_box<detail::RouteScope>(*this));
  detail::RouteScope& scope = *scopes.back();
  scope.site = &site;
  scope.parent = &parent;
  scope.prefix = parent.prefix;
  scope.options = parent.options;
  parent.children.push_back(&scope);
  scope.refresh();
  return scope;
}

detail::RouteScope& RouterCore::host(std::string_view name, const std::source_location& where) {
  std::string normal = HostTable::normal_form(name);
  if (normal.empty()) {
    throw SetupError{place_text(where) + ": " + quoted(name) +
                     " is no host: a name like \"api.example.com\" or \"*.example.com\", or an address, and no port"};
  }
  for (const auto& site : sites) {
    if (site->host == normal) return *site->root;
  }
  detail::RouteScope& scope = add_scope(root(), *sites.front());
  scope.where = where;
  sites.push_back(make_box<Site>(std::move(normal), scope));
  scope.site = sites.back().get();
  only_site = nullptr;
  hosts.add(sites.back()->host, static_cast<std::uint32_t>(sites.size() - 1));
  return scope;
}

void RouterCore::check() const {
  for (const auto& site : sites) {
    for (const auto& route : site->table.routes()) {
      if (route->pattern.empty()) {
        throw SetupError{place_text(route->where) + ": " + title_of(*route) +
                         ": only in a group with a prefix, or in a router that is mounted, may the pattern be empty"};
      }
      check_needs_of(states, route->facts, route->where, title_of(*route));
    }
  }
  for (const auto& scope : scopes) {
    for (const Fallback* fallback : {&scope->not_found, &scope->method_not_allowed}) {
      check_needs_of(states, fallback->facts, fallback->where, "the fallback");
    }
  }
}

std::string title_of(const RouteEntry& route) {
  return route.method_name + " " + quoted(route.scope->site->host + route.pattern);
}

}  // namespace gyre::internal
