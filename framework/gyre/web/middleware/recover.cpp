#include <gyre/web/middleware/recover.hpp>

#include <gyre/base/error.hpp>
#include <gyre/http/request.hpp>
#include <gyre/web/internal/failure_answer.hpp>

#include <utility>

namespace gyre {
namespace {

using Hook = Callback<void(const ErrorReport&)>;

Task<Response> guard(Request& request, Next next, const Hook& hook) {
  try {
    Task<Response> task = next(request);
    Response response = co_await std::move(task);
    co_return std::move(response);
  } catch (const Cancelled&) {
    throw;
  } catch (...) {
    co_return internal::answer_failure(request, std::current_exception(), hook);
  }
}

}  // namespace

Middleware recover(RecoverOptions options, std::source_location where) {
  auto wrap = [hook = std::move(options.on_error)](Request& request, Next next) { return guard(request, next, hook); };
  return Middleware{std::move(wrap), where};
}

}  // namespace gyre
