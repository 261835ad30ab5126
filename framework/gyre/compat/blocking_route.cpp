#include <gyre/compat/detail/blocking_route.hpp>

#include <gyre/base/error.hpp>
#include <gyre/compat/internal/blocking_call.hpp>

#include <optional>

namespace gyre::detail {

Task<Response> BlockingRoute::answer_blocking(const BlockingRoute* route, Request* request) {
  using Event = CallbackLedger::Event;
  Context& context = co_await this_context();
  CallbackLedger& ledger = route->ledger();
  ledger.count(Event::requests);
  std::optional<RequestCopy> copy;
  if (route->copy_ == CopyRequest::yes) copy.emplace(*request);
  Response response;
  const Callback<void()> run = [&] { route->block(*request, copy ? &*copy : nullptr, response); };
  internal::BlockingCall call{route->callback_options().pool.get(), route->callback_options().queue_wait, run};
  const internal::BlockingCall::Outcome outcome = co_await call;
  if (outcome == internal::BlockingCall::Outcome::shed) {
    ledger.count(Event::shed);
    Response busy = problem_for(*request, Status::service_unavailable, {});
    busy.set("Retry-After", "1");
    co_return std::move(busy);
  }
  if (outcome == internal::BlockingCall::Outcome::cancelled) {
    ledger.count(Event::cancelled);
    throw Cancelled{};
  }
  if (const std::exception_ptr failure = call.failure()) {
    ledger.count(Event::threw);
    std::rethrow_exception(failure);
  }
  ledger.count(context.cancelled() ? Event::cancelled : Event::in_call);
  co_return std::move(response);
}

}  // namespace gyre::detail
