#include <gyre/web/middleware/recover.hpp>

#include <gyre/base/error.hpp>
#include <gyre/http/request.hpp>
#include <gyre/web/internal/failure_answer.hpp>

#include <string>
#include <utility>

namespace gyre {
namespace {

using Hook = Callback<void(const ErrorReport&)>;

void report(const Hook& hook, const Request& request, const std::exception_ptr& failure) noexcept {
  if (!hook) return;
  try {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      const std::string text = exception.what();
      hook({request, failure, text});
    } catch (...) {
      hook({request, failure, "unknown exception"});
    }
  } catch (...) {
    // The client still gets its answer; a hook that fails has nobody left to tell.
  }
}

Task<Response> guard(Request& request, Next next, const Hook& hook) {
  try {
    Task<Response> task = next(request);
    Response response = co_await std::move(task);
    co_return std::move(response);
  } catch (const Cancelled&) {
    throw;
  } catch (...) {
    internal::FailureAnswer answer = internal::answer_to_failure(request);
    if (answer.is_fault) report(hook, request, std::current_exception());
    co_return std::move(answer.response);
  }
}

}  // namespace

Middleware recover(RecoverOptions options, std::source_location where) {
  auto wrap = [hook = std::move(options.on_error)](Request& request, Next next) { return guard(request, next, hook); };
  return Middleware{std::move(wrap), where};
}

}  // namespace gyre
