#include <gyre/compat/detail/callback_route.hpp>

#include <gyre/base/error.hpp>
#include <gyre/loop/stopwatch.hpp>

#include <utility>

namespace gyre::detail {

ReplyOwner::ReplyOwner(Request& request, Executor& executor, const Shared<CallbackLedger>& ledger, const char* name)
    : state_(new ReplyState(request, name, executor, ledger)) {
  ledger->count(CallbackLedger::Event::requests);
  ledger->tell(request, name);
}

ReplyOwner::~ReplyOwner() { state_->close(); }

void ReplyOwner::call(const CallbackFunction& function, const CallbackOptions& options) const noexcept {
  std::exception_ptr failure;
  const Stopwatch time{state_->executor()};
  try {
    function.invoke(state_->request(), *state_);
  } catch (...) {
    failure = std::current_exception();
  }
  if (time.elapsed() > options.blocking_after) state_->ledger()->count(CallbackLedger::Event::blocked_loop);
  state_->called(failure);
}

Response ReplyOwner::result() const {
  switch (state_->outcome()) {
    case ReplyState::Outcome::answer: return state_->take_response();
    case ReplyState::Outcome::next: return problem_for(state_->request(), Status::not_found, {});
    case ReplyState::Outcome::failure: std::rethrow_exception(state_->take_failure());
    case ReplyState::Outcome::cancelled: throw Cancelled{};
    default: return problem_for(state_->request(), Status::internal_server_error, {});
  }
}

CallbackRoute::CallbackRoute(CallbackOptions options, const std::source_location& where)
    : TaskEndpoint(BodyUse::collected),
      options_(std::move(options)),
      ledger_(Shared<CallbackLedger>::make(options_.on_misuse, where)) {}

Task<Response> CallbackRoute::answer_by(const CallbackRoute* route, const CallbackFunction* function,
                                        Request* request) {
  Context& context = co_await this_context();
  const ReplyOwner owner{*request, context.executor(), route->ledger_, route->name()};
  owner.call(*function, route->options_);
  ReplyWait wait{owner.state()};
  co_await wait;
  co_return owner.result();
}

}  // namespace gyre::detail
