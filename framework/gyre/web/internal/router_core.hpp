#pragma once

#include <gyre/base/box.hpp>
#include <gyre/web/internal/host_table.hpp>
#include <gyre/web/internal/pages.hpp>
#include <gyre/web/internal/route_scope.hpp>
#include <gyre/web/internal/route_table.hpp>
#include <gyre/web/internal/state_table.hpp>

#include <source_location>
#include <string>
#include <vector>

namespace gyre::internal {

/// The routes for one host, or for all that have none of their own.
struct Site {
  Site(std::string name, detail::RouteScope& scope) : host(std::move(name)), root(&scope), table(scope) {}

  const std::string host;  ///< Empty for the default.
  detail::RouteScope* root;
  RouteTable table;
};

/// All that a router has. At a fixed address, so that a router can be moved.
struct RouterCore {
  RouterCore();

  detail::RouteScope& root() const noexcept { return *scopes.front(); }
  detail::RouteScope& add_scope(detail::RouteScope& parent, Site& site);
  /// The routes for a host, made where there are none. Throws `SetupError`.
  detail::RouteScope& host(std::string_view name, const std::source_location& where);
  const Site& site_for(const Request& request) const noexcept {
    if (only_site != nullptr) [[likely]]
      return *only_site;
    const std::uint32_t index = hosts.find(request.head().host());
    return *sites[index == HostTable::none ? 0 : index];
  }
  /// Throws `SetupError` for what can be told only when everything is registered: a handler that needs what nobody has
  /// added, a pattern that has stayed empty.
  void check() const;

  const Site* only_site = nullptr;  ///< Until there are hosts.
  DefaultPages pages;
  std::vector<Box<detail::RouteScope>> scopes;
  std::vector<Box<Site>> sites;
  HostTable hosts;
  StateTable states;
};

/// "GET /users/{id}", with the host in front of the path.
std::string title_of(const RouteEntry& route);

}  // namespace gyre::internal
