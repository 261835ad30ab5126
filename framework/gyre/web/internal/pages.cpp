#include <gyre/web/internal/pages.hpp>

#include <gyre/web/internal/route_scope.hpp>
#include <gyre/web/internal/router_core.hpp>

namespace gyre::internal {
namespace {

const detail::RouteScope& scope_of(const Request& request) noexcept {
  return static_cast<const detail::RouteScope&>(*request.place());
}

/// Looked up again: rare enough not to be carried through the match.
void add_allow(Request& request, Response& response) {
  if (response.field("Allow").empty()) response.add("Allow", scope_of(request).site->table.allowed(request).text());
}

/// Always the same.
class ProblemPage final : public detail::PlainEndpoint {
 public:
  explicit ProblemPage(Status status) noexcept : PlainEndpoint(BodyUse::ignored, Views::none), status_(status) {}
  Response call(Request& request) override { return detail::problem_for(request, status_, {}); }

 private:
  Status status_;
};

/// 405 or, for OPTIONS, 204.
class AllowPage final : public detail::PlainEndpoint {
 public:
  explicit AllowPage(Status status) noexcept : PlainEndpoint(BodyUse::ignored, Views::none), status_(status) {}
  Response call(Request& request) override {
    Response response = is_error(status_) ? detail::problem_for(request, status_, {}) : Response{status_};
    add_allow(request, response);
    return response;
  }

 private:
  Status status_;
};

Task<Response> answer_with_allow(RequestHandler* handler, Request* request) {
  Task<Response> task = handler->start(*request);
  Response response = co_await std::move(task);
  add_allow(*request, response);
  co_return std::move(response);
}

}  // namespace

Response Pipeline::call(Request&) {
  GYRE_ASSERT(kind() == Kind::plain);
  return Status::internal_server_error;
}

Task<Response> Pipeline::start(Request& request) { return Next{scope_->middleware(), *handler_}(request); }

Response AllowHandler::call(Request& request) {
  Response response = handler_->call(request);
  add_allow(request, response);
  return response;
}

Task<Response> AllowHandler::start(Request& request) { return answer_with_allow(handler_, &request); }

DefaultPages::DefaultPages()
    : pages_{make_box<ProblemPage>(Status::not_found),       make_box<AllowPage>(Status::method_not_allowed),
             make_box<AllowPage>(Status::no_content),        make_box<ProblemPage>(Status::bad_request),
             make_box<ProblemPage>(Status::not_implemented), make_box<ProblemPage>(Status::service_unavailable)} {
  constexpr std::array<const char*, page_count> names = {"404 page", "405 page", "OPTIONS page",
                                                         "400 page", "501 page", "503 page"};
  for (std::size_t index = 0; index < page_count; ++index) pages_[index]->set_name(names[index]);
}

}  // namespace gyre::internal
