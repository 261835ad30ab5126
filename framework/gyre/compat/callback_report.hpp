#pragma once

#include <gyre/compat/callback_counts.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gyre {

class Router;

/// A callback route, and what has happened to its requests.
struct CallbackRouteInfo {
  std::string_view host;     ///< As in `RouteInfo`.
  std::string_view method;   ///< "GET"
  std::string_view pattern;  ///< "/rows/{id}"
  CallbackCounts counts;
};

/// All routes of a router whose handler is a `callback_handler`, in the order of registration. From any thread, also
/// while it serves; the views live as long as the router.
std::vector<CallbackRouteInfo> callback_routes(const Router& router);

/// The same as a table for people, a line each and one with the names of the columns (see `CallbackCounts`): the routes
/// with the most trouble first, so those to port first; among these, the ones with the most requests.
std::string callback_report(const Router& router);

/// The same in Prometheus's text format: counters `gyre_callback_requests_total{method="GET",route="/rows/{id}"}`,
/// `gyre_callback_twice_total` and so on. Routes of a host have it in front of the pattern.
std::string callback_metrics(const Router& router);

}  // namespace gyre
