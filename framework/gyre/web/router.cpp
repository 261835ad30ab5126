#include <gyre/web/router.hpp>

#include <gyre/web/internal/failure_answer.hpp>
#include <gyre/web/internal/router_core.hpp>
#include <gyre/web/internal/setup.hpp>

#include <algorithm>

namespace gyre {
namespace {

using detail::RouteScope;
using internal::MatchOutcome;
using internal::Page;
using internal::place_text;
using internal::RouteEntry;

std::vector<ParameterInfo> parameters_of(const RouteEntry& route) {
  std::vector<ParameterInfo> list;
  const detail::PathParameters& path = route.facts.path;
  std::size_t foreign = route.endpoint->foreign_placeholders();
  std::size_t next = 0;
  for (detail::PatternSegments segments{route.pattern}; segments.next_placeholder();) {
    ParameterInfo info{segments.segment().text, {}};
    if (foreign > 0) {
      --foreign;
    } else if (next < path.count) {
      info.type = path.first[next++].type;
    }
    list.push_back(info);
  }
  return list;
}

}  // namespace

Router::Router() : Router(make_box<internal::RouterCore>()) {}
Router::Router(Box<internal::RouterCore> core) noexcept : Routes(core->root()), core_(std::move(core)) {}
Router::Router(Router&& other) noexcept = default;
Router& Router::operator=(Router&& other) noexcept = default;
Router::~Router() = default;

Group Router::host(std::string_view name, std::source_location where) { return Group{core_->host(name, where)}; }

void Router::add_state(std::uint32_t number, std::string_view type, Shared<void> value,
                       Callback<Shared<void>(Loop&)> make, const std::source_location& where) {
  core_->states.add({number, type, where, std::move(value), std::move(make)});
}

Router& Router::on_error(Callback<void(const ErrorReport&)> hook) {
  scope().error_hook = std::move(hook);
  return *this;
}

void Router::check() const { core_->check(); }

std::vector<RouteInfo> Router::routes() const {
  std::vector<RouteInfo> list;
  for (const auto& site : core_->sites) {
    for (const auto& route : site->table.routes()) {
      list.push_back({site->host, route->method_name, route->pattern, route->where, parameters_of(*route),
                      route->scope->middleware_count(), route->endpoint.get()});
    }
  }
  return list;
}

std::string Router::route_table() const {
  const std::vector<RouteInfo> list = routes();
  std::size_t method_width = 0;
  std::size_t path_width = 0;
  std::size_t middleware = 0;
  for (const RouteInfo& route : list) {
    method_width = std::max(method_width, route.method.size());
    path_width = std::max(path_width, route.host.size() + route.pattern.size());
    middleware = std::max(middleware, route.middleware);
  }
  std::string text;
  const auto append = [&](std::string_view cell, std::size_t width) {
    text.append(cell).append(width - cell.size() + 2, ' ');
  };
  for (const RouteInfo& route : list) {
    append(route.method, method_width);
    append(std::string{route.host}.append(route.pattern), path_width);
    if (middleware != 0) append(std::to_string(route.middleware), std::to_string(middleware).size());
    text.append(place_text(route.where)).append("\n");
  }
  return text;
}

RequestHandler& Router::find(Request& request) noexcept {
  request.clear_parameters();
  const internal::Site& site = core_->site_for(request);
  const auto page = [&](Page kind) -> RequestHandler& {
    request.set_place(site.root);
    return site.root->page(kind);
  };
  const auto page_here = [&](Page kind) -> RequestHandler& {
    return static_cast<const RouteScope*>(request.place())->page(kind);
  };
  try {
    const internal::Match match = site.table.find(request);
    switch (match.outcome) {
      case MatchOutcome::found: return *match.handler;
      case MatchOutcome::no_path: return page_here(Page::not_found);
      case MatchOutcome::no_method:
        return page_here(request.method() == Method::options ? Page::options : Page::method_not_allowed);
      case MatchOutcome::bad_path: break;
    }
  } catch (...) {
    return page(Page::unavailable);  // no memory to decode the path into
  }
  if (request.method() == Method::connect) return page(Page::not_implemented);
  if (request.method() == Method::options && request.path() == "*") return page(Page::options);
  return page(Page::bad_path);
}

RequestHandler& Router::not_found_page(Request& request) const noexcept {
  request.clear_parameters();
  const internal::Site& site = core_->site_for(request);
  request.set_place(site.root);
  return site.root->page(Page::not_found);
}

Response Router::failed(Request& request, std::exception_ptr failure) noexcept {
  return internal::answer_failure(request, std::move(failure));
}

Box<LoopValues> Router::values_for(Loop& loop) { return core_->states.values_for(loop); }

}  // namespace gyre
