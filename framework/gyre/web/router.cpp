#include <gyre/web/router.hpp>

#include <gyre/web/internal/route_table.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/fields.hpp>

#include <algorithm>

namespace gyre {
namespace {

using internal::MatchOutcome;
using internal::place_text;
using internal::quoted;
using internal::RouteEntry;
using internal::RouteTable;

/// What `use` collected, as the list that `Next` walks: in the order of use, with a null pointer at the end.
class MiddlewareList {
 public:
  bool empty() const noexcept { return list_.size() == 1; }
  const detail::MiddlewareBody* const* first() const noexcept { return list_.data(); }

  void add(std::unique_ptr<detail::MiddlewareBody> body) {
    list_.insert(list_.end() - 1, body.get());
    owned_.push_back(std::move(body));
  }

 private:
  std::vector<std::unique_ptr<detail::MiddlewareBody>> owned_;
  std::vector<const detail::MiddlewareBody*> list_{nullptr};
};

/// A handler with the middleware around it.
class Pipeline final : public RequestHandler {
 public:
  Pipeline(const MiddlewareList& middleware, RequestHandler& handler) noexcept
      : RequestHandler(Kind::coroutine, handler.body_use()), middleware_(&middleware), handler_(&handler) {
    set_options(handler.options());
    set_name(handler.name());
  }

  Response call(Request&) override {
    GYRE_ASSERT(kind() == Kind::plain);
    return Status::internal_server_error;
  }
  Task<Response> start(Request& request) override { return Next{middleware_->first(), *handler_}(request); }

 private:
  const MiddlewareList* middleware_;
  RequestHandler* handler_;
};

/// An answer of the router itself, always the same.
class ProblemPage final : public detail::PlainEndpoint {
 public:
  explicit ProblemPage(Status status) noexcept : PlainEndpoint(BodyUse::ignored, Views::none), status_(status) {}
  Response call(Request&) override { return Response::problem(status_); }

 private:
  Status status_;
};

/// One with Allow, which is looked up again: rare enough not to be carried through the match.
class AllowPage final : public detail::PlainEndpoint {
 public:
  AllowPage(Status status, const RouteTable& table) noexcept
      : PlainEndpoint(BodyUse::ignored, Views::none), status_(status), table_(&table) {}
  Response call(Request& request) override {
    Response response = is_error(status_) ? Response::problem(status_) : Response{status_};
    response.add("Allow", table_->allowed(request).text());
    return response;
  }

 private:
  Status status_;
  const RouteTable* table_;
};

/// A page as it is called: bare, or with the middleware around it.
class Page {
 public:
  Page(const char* name, std::unique_ptr<detail::PlainEndpoint> endpoint) noexcept : endpoint_(std::move(endpoint)) {
    endpoint_->set_name(name);
  }
  RequestHandler& handler() const noexcept { return pipeline_ != nullptr ? *pipeline_ : *endpoint_; }
  void wrap(const MiddlewareList& middleware) { pipeline_ = std::make_unique<Pipeline>(middleware, *endpoint_); }

 private:
  std::unique_ptr<detail::PlainEndpoint> endpoint_;
  std::unique_ptr<RequestHandler> pipeline_;
};

Page problem_page(const char* name, Status status) { return Page{name, std::make_unique<ProblemPage>(status)}; }

std::string_view text_of(const std::exception_ptr& failure, std::string& storage) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    storage = exception.what();
    return storage;
  } catch (const Cancelled&) {
    return "Cancelled, out of a request that was not";
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

struct Router::Core {
  RouteTable table;
  MiddlewareList middleware;
  Callback<void(const ErrorReport&)> error_hook;

  Page not_found = problem_page("404 page", Status::not_found);
  Page bad_path = problem_page("400 page", Status::bad_request);
  Page not_implemented = problem_page("501 page", Status::not_implemented);
  Page unavailable = problem_page("503 page", Status::service_unavailable);
  Page method_not_allowed{"405 page", std::make_unique<AllowPage>(Status::method_not_allowed, table)};
  Page options{"OPTIONS page", std::make_unique<AllowPage>(Status::no_content, table)};

  void wrap_pages() {
    for (Page* page : {&not_found, &bad_path, &not_implemented, &unavailable, &method_not_allowed, &options}) {
      page->wrap(middleware);
    }
  }
  void report(Request& request, const std::exception_ptr& failure) const noexcept;
};

Router::Router() : core_(std::make_unique<Core>()) {}
Router::~Router() = default;

void Router::add(std::string_view method, std::string_view pattern, const std::source_location& where,
                 const detail::PathParameters& parameters, std::unique_ptr<detail::Endpoint> endpoint,
                 const RouteOptions& options) {
  const auto refuse = [&](std::string_view why) {
    throw SetupError{place_text(where) + ": " + std::string{method} + " " + quoted(pattern) + ": " + std::string{why}};
  };
  if (!is_token(method)) refuse("the method is no token");
  if (method == name(Method::connect)) refuse("CONNECT has no path to route by");
  detail::PatternFault fault = detail::check_pattern(pattern);
  if (fault == detail::PatternFault::none) fault = detail::check_parameters(pattern, parameters);
  if (fault != detail::PatternFault::none) refuse(detail::explain(fault));

  auto route = std::make_unique<RouteEntry>(parse_method(method), std::string{method}, std::string{pattern}, where,
                                            std::move(endpoint), nullptr);
  route->endpoint->set_pattern(route->pattern);
  route->endpoint->set_options(options);
  route->name = route->method_name + " " + route->pattern;
  route->endpoint->set_name(route->name.c_str());
  if (!core_->middleware.empty()) route->pipeline = std::make_unique<Pipeline>(core_->middleware, *route->endpoint);
  core_->table.add(std::move(route));
}

Router& Router::use(Middleware first, Middleware second, Middleware third, Middleware fourth, Middleware fifth,
                    Middleware sixth, Middleware seventh, Middleware eighth) {
  if (!core_->table.routes().empty()) {
    const RouteEntry& route = *core_->table.routes().front();
    throw SetupError{place_text(first.where()) + ": use() must come before the first route, " + route.method_name +
                     " " + quoted(route.pattern) + ", registered at " + place_text(route.where)};
  }
  for (Middleware* each : {&first, &second, &third, &fourth, &fifth, &sixth, &seventh, &eighth}) {
    if (*each) core_->middleware.add(each->release());
  }
  if (!core_->middleware.empty()) core_->wrap_pages();
  return *this;
}

Router& Router::on_error(Callback<void(const ErrorReport&)> hook) {
  core_->error_hook = std::move(hook);
  return *this;
}

std::vector<RouteInfo> Router::routes() const {
  std::vector<RouteInfo> list;
  for (const auto& route : core_->table.routes()) list.push_back({route->method_name, route->pattern, route->where});
  return list;
}

std::string Router::route_table() const {
  std::size_t method_width = 0;
  std::size_t pattern_width = 0;
  for (const RouteInfo& route : routes()) {
    method_width = std::max(method_width, route.method.size());
    pattern_width = std::max(pattern_width, route.pattern.size());
  }
  std::string text;
  const auto append = [&](std::string_view cell, std::size_t width) {
    text.append(cell).append(width - cell.size() + 2, ' ');
  };
  for (const RouteInfo& route : routes()) {
    append(route.method, method_width);
    append(route.pattern, pattern_width);
    text.append(place_text(route.where)).append("\n");
  }
  return text;
}

RequestHandler& Router::find(Request& request) noexcept {
  request.clear_parameters();
  try {
    const internal::Match match = core_->table.find(request);
    switch (match.outcome) {
      case MatchOutcome::found: return *match.handler;
      case MatchOutcome::no_path: return core_->not_found.handler();
      case MatchOutcome::no_method:
        return request.method() == Method::options ? core_->options.handler() : core_->method_not_allowed.handler();
      case MatchOutcome::bad_path: break;
    }
  } catch (...) {
    return core_->unavailable.handler();  // no memory to decode the path into
  }
  if (request.method() == Method::connect) return core_->not_implemented.handler();
  if (request.method() == Method::options && request.path() == "*") return core_->options.handler();
  return core_->bad_path.handler();
}

void Router::Core::report(Request& request, const std::exception_ptr& failure) const noexcept {
  if (!error_hook) return;
  try {
    std::string storage;
    error_hook({request, failure, text_of(failure, storage)});
  } catch (...) {
    // The client still gets its answer; a hook that fails has nobody left to tell.
  }
}

Response Router::failed(Request& request, std::exception_ptr failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const HttpError& error) {
    try {
      return Response::problem(error.status(), error.detail());
    } catch (...) {
      return error.status();  // no memory for the text
    }
  } catch (...) {
    core_->report(request, failure);
  }
  return Response::problem(Status::internal_server_error);
}

}  // namespace gyre
