#include <gyre/web/internal/route_scope.hpp>

#include <gyre/web/internal/router_core.hpp>

namespace gyre::detail {

/// Who answers there, without the middleware: the nearest scope that says so.
RequestHandler& RouteScope::endpoint_of(Page kind) const noexcept {
  for (const RouteScope* scope = this; scope != nullptr; scope = scope->parent) {
    if (kind == Page::not_found && scope->not_found.endpoint) return *scope->not_found.endpoint;
    if (kind == Page::method_not_allowed && scope->allow_handler) return *scope->allow_handler;
  }
  return core->pages.at(kind);
}

void RouteScope::refresh() {
  chain_.assign(1, nullptr);
  if (parent != nullptr) chain_.assign(parent->chain_.begin(), parent->chain_.end());
  for (const auto& body : own_middleware) chain_.insert(chain_.end() - 1, body.get());

  wrapped_pages_.clear();
  for (std::size_t kind = 0; kind < internal::page_count; ++kind) {
    pages_[kind] = &endpoint_of(static_cast<Page>(kind));
    if (middleware_count() == 0) continue;
    wrapped_pages_.push_back(make_box<internal::Pipeline>(*this, *pages_[kind]));
    pages_[kind] = wrapped_pages_.back().get();
  }
  for (RouteScope* child : children) child->refresh();
}

Response problem_at(const RouteScope* scope, Request& request, Status status, std::string_view detail,
                    std::string_view members) {
  for (; scope != nullptr; scope = scope->parent) {
    if (scope->renderer) return scope->renderer(request, status, detail);
  }
  return Response::problem(status, detail, members);
}

Response problem_for(Request& request, Status status, std::string_view detail, std::string_view members) {
  return problem_at(static_cast<const RouteScope*>(request.place()), request, status, detail, members);
}

}  // namespace gyre::detail
