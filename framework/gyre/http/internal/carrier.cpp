#include <gyre/http/internal/carrier.hpp>

#include <gyre/http/cancel_status.hpp>

namespace gyre::http {
namespace {

OnDisconnect on_disconnect(const Exchange& exchange) noexcept {
  return exchange.handler->options().on_disconnect.value_or(OnDisconnect::cancel);
}

}  // namespace

void Carrier::on_task_done(TaskObserver& observer) noexcept {
  auto& exchange = static_cast<Exchange&>(observer);
  exchange.task_done = true;
  if (exchange.carrier == nullptr) return exchange.orphans->task_done();
  if (exchange.carrier->starting_ != &exchange) exchange.carrier->schedule_work();
}

std::uint64_t Carrier::body_limit(const Exchange& exchange) const noexcept {
  return exchange.handler->options().body.value_or(server_->options.limits.body);
}

TimePoint Carrier::body_deadline(const Exchange& exchange) const noexcept {
  const Limits& limits = server_->options.limits;
  const RouteOptions& route = exchange.handler->options();
  return exchange.incoming.deadline(route.body_stall.value_or(limits.body_stall), route.rate.value_or(limits.rate),
                                    limits.rate_grace);
}

// --- handlers --------------------------------------------------------------------------------------------------------

void Carrier::call(Exchange& exchange) {
  ready(exchange, answer_of(exchange));
  advance();
}

Response Carrier::answer_of(Exchange& exchange) {
  exchange.request.set_context(&server_->context);
  const RunningLabel running{server_->loop, exchange.handler->name()};
  try {
    return exchange.handler->call(exchange.request);
  } catch (...) {
    return failed(exchange);
  }
}

void Carrier::start_task(Exchange& exchange) {
  if (server_->statistics.handlers_running >= server_->options.limits.handlers) [[unlikely]]
    return shed(exchange);
  const Duration limit = exchange.handler->options().handler.value_or(server_->options.limits.handler);
  Context& context = exchange.enter(server_->context);
  exchange.deadline = time_after(now(), limit);
  exchange.status_at_deadline = exchange.handler->options().deadline_status.value_or(Status::service_unavailable);
  context.limit_deadline(exchange.deadline);
  exchange.offer_control();
  exchange.stage = Exchange::Stage::running;
  const RunningLabel running{server_->loop, exchange.handler->name()};
  try {
    exchange.task = exchange.handler->start(exchange.request);
  } catch (...) {
    ready(exchange, failed(exchange));
    return advance();
  }
  exchange.task_active = true;
  ++server_->statistics.handlers_running;
  Exchange* const outer = std::exchange(starting_, &exchange);
  exchange.task.start(context, exchange);
  starting_ = outer;
  if (exchange.carrier == nullptr) return;
  if (!exchange.task_done) return task_parked(exchange);
  task_ended(exchange);
  advance();
}

// The handler's scope, with its deadline, has ended with the head of its answer.
void Carrier::start_body_task(Exchange& exchange) {
  exchange.stage = Exchange::Stage::writing;
  Context& context = exchange.enter(server_->context);
  exchange.request.set_control(nullptr);
  try {
    exchange.body_task = exchange.response.write_body(exchange.writer);
  } catch (...) {
    tell_failure(exchange);
    return cut_stream(exchange);
  }
  exchange.task_active = true;
  Exchange* const outer = std::exchange(starting_, &exchange);
  const RunningLabel running{server_->loop, context.label()};
  exchange.body_task.start(context, exchange);
  starting_ = outer;
  if (!exchange.task_done) return task_parked(exchange);
  task_ended(exchange);
}

void Carrier::stream_ended(Exchange& exchange) {
  bool whole = false;
  try {
    exchange.body_task.result();
    whole = exchange.outgoing.finish();
  } catch (const Cancelled&) {
  } catch (...) {
    tell_failure(exchange);
  }
  whole ? stream_written(exchange) : cut_stream(exchange);
}

// The handler's, or the one that wrote the body: what that means depends on how far the answer is.
void Carrier::task_ended(Exchange& exchange) {
  exchange.task_active = exchange.task_done = false;
  const bool late = std::exchange(exchange.late, false);
  const bool unanswered = exchange.stage == Exchange::Stage::running;
  const bool alone = abandoned(exchange);
  if (late || unanswered) --server_->statistics.handlers_running;
  if (late || (unanswered && alone)) ++server_->statistics.answers_dropped;
  if (alone) return release(exchange);
  switch (exchange.stage) {
    case Exchange::Stage::running: return ready(exchange, result_of(exchange));
    case Exchange::Stage::writing: return stream_ended(exchange);
    case Exchange::Stage::session: return session_ended(exchange);
    case Exchange::Stage::answered: return late_ended(exchange);
    default: return;  // late, and its answer still waits for its turn
  }
}

Response Carrier::result_of(Exchange& exchange) {
  exchange.deadline = time_never;
  try {
    return exchange.task.result();
  } catch (const Cancelled&) {
    const std::optional<Status> status = answer_to(exchange.context->reason());
    if (status && *status != Status::internal_server_error) return Response::problem(*status);
    return failed(exchange);
  } catch (...) {
    return failed(exchange);
  }
}

Response Carrier::failed(Exchange& exchange) {
  if (exchange.body_threw()) {
    ++server_->statistics.rejected;
    return Response::problem(exchange.incoming.status());
  }
  return server_->service.failed(exchange.request, std::current_exception());
}

void Carrier::tell_failure(Exchange& exchange) noexcept {
  (void)server_->service.failed(exchange.request, std::current_exception());
}

void Carrier::expire(Exchange& exchange) {
  exchange.deadline = time_never;
  if (exchange.stage != Exchange::Stage::running || abandoned(exchange)) return;
  if (exchange.task_done) return;  // just in time: it is about to be looked at
  exchange.cancel(CancelReason::deadline);
  exchange.late = true;
  ready(exchange, Response::problem(exchange.status_at_deadline));
}

void Carrier::shed(Exchange& exchange) {
  ++server_->statistics.rejected;
  ++server_->statistics.handlers_shed;
  Response response = Response::problem(Status::service_unavailable);
  response.add("Retry-After", "1");
  ready(exchange, std::move(response));
  advance();
}

/// What a handler gave, or what is sent in its place: a final answer is owed, an interim one would leave the client
/// waiting for ever.
void Carrier::check(Response& response) {
  const bool interim = is_informational(response.status());
  const bool upgrading = response.upgrades();
  const bool odd = upgrading ? response.status() != Status::switching_protocols : interim;
  if (odd || response.body().size() > send_max) [[unlikely]]
    response = Response::problem(Status::internal_server_error);
}

// --- a client that leaves --------------------------------------------------------------------------------------------

void Carrier::lose_client(Exchange& exchange, CancelReason reason) noexcept {
  if (!exchange.task_active) {
    release(exchange);
  } else if (exchange.handler_at_work() && on_disconnect(exchange) != OnDisconnect::cancel) {
    orphan(exchange);
  } else {
    exchange.cancel(reason);
  }
}

// The handler runs on without its connection.
void Carrier::orphan(Exchange& exchange) noexcept {
  detach(exchange);
  exchange.carrier = nullptr;
  exchange.was_secure = secure_;
  exchange.orphans = &server_->orphans;
  if (on_disconnect(exchange) == OnDisconnect::finish) exchange.place.join(place_);
  server_->orphans.adopt(exchange);
}

}  // namespace gyre::http
