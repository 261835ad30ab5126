#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/web/detail/route_scope.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/internal/pages.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace gyre::internal {

struct RouteEntry;
struct RouterCore;
struct Site;

/// A handler that stands in where there is no route.
struct Fallback {
  Box<detail::Endpoint> endpoint;
  detail::HandlerFacts facts;
  std::source_location where;
};

}  // namespace gyre::internal

namespace gyre::detail {

/// A router is a tree of these: its root, one below it for each host and each group, and the roots of the routers that
/// are mounted. What a scope does not say, its parent says. A request is told where it was found (`Request::place`).
class RouteScope final : public Place {
 public:
  using Page = internal::Page;

  explicit RouteScope(internal::RouterCore& owner) noexcept : core(&owner) {}

  /// Works out the middleware and the pages, here and below: whenever something about them has changed.
  void refresh();
  RequestHandler& page(Page kind) const noexcept { return *pages_[static_cast<std::size_t>(kind)]; }
  /// The list that `Next` walks, a null pointer at its end; empty means nothing but that.
  const MiddlewareBody* const* middleware() const noexcept { return chain_.data(); }
  std::size_t middleware_count() const noexcept { return chain_.size() - 1; }

  bool is_within(const RouteScope& other) const noexcept {
    for (const RouteScope* scope = this; scope != nullptr; scope = scope->parent) {
      if (scope == &other) return true;
    }
    return false;
  }

  internal::RouterCore* core;
  internal::Site* site = nullptr;  ///< Whose table has the routes.
  RouteScope* parent = nullptr;
  std::vector<RouteScope*> children;
  std::string prefix;  ///< All of it, from the site's root on.
  std::source_location where;
  RouteOptions options;  ///< With the parents'.
  std::vector<Shared<const MiddlewareBody>> own_middleware;
  const internal::RouteEntry* first_route = nullptr;  ///< Here or below.
  bool owns_prefix = false;                           ///< Claimed; the roots of sites own theirs until somebody does.
  std::source_location claimed_at;

  internal::Fallback not_found;
  internal::Fallback method_not_allowed;
  Box<RequestHandler> allow_handler;  ///< That, with Allow.
  ProblemRenderer renderer;
  Callback<void(const ErrorReport&)> error_hook;
  std::vector<Box<FailureHandler>> failure_handlers;

 private:
  RequestHandler& endpoint_of(Page kind) const noexcept;

  std::vector<const MiddlewareBody*> chain_{nullptr};
  std::array<RequestHandler*, internal::page_count> pages_{};
  std::vector<Box<RequestHandler>> wrapped_pages_;
};

/// The answer in the way of that scope. Throws what the renderer throws.
Response problem_at(const RouteScope* scope, Request& request, Status status, std::string_view detail,
                    std::string_view members = {});

}  // namespace gyre::detail
