// From a head to an answer: handlers and their tasks.

#include <gyre/http/cancel_status.hpp>
#include <gyre/http/internal/connection.hpp>

namespace gyre::http {

// A head is complete, and its request's turn to be begun has come.
void Connection::begin(Exchange& exchange, std::string_view head_bytes) {
  const wire::RequestHead& head = exchange.head;
  exchange.handler = &server_->service.find(exchange.request);
  if (head.has_body()) return begin_with_body(exchange, head_bytes);
  if (exchange.handler->kind() == RequestHandler::Kind::plain && between_requests()) [[likely]] {
    return call_at_once(exchange, head_bytes.size());
  }
  keep(exchange, head_bytes, head_bytes.size());
  if (exchange.handler->kind() == RequestHandler::Kind::plain) {
    call(exchange);
  } else {
    start_task(exchange);
  }
}

// A body stands alone: all before this one are answered.
void Connection::begin_with_body(Exchange& exchange, std::string_view head_bytes) {
  const wire::RequestHead& head = exchange.head;
  RequestHandler& handler = *exchange.handler;
  const bool plain = handler.kind() == RequestHandler::Kind::plain;
  const bool collected = handler.body_use() == RequestHandler::BodyUse::collected;
  const std::uint64_t most = handler.options().body.value_or(server_->options.limits.body);
  const std::uint64_t length = head.content_length().value_or(0);
  exchange.request.set_body_limit(most);
  if (length > most && handler.body_use() != RequestHandler::BodyUse::ignored) {
    ++server_->statistics.rejected;
    keep(exchange, head_bytes, head_bytes.size());
    exchange.incoming.fail(Status::content_too_large, Errc::limit_exceeded);
    ready(exchange, Response::problem(Status::content_too_large));
    return advance();
  }
  const std::string_view behind = unused().substr(head_bytes.size());
  if (collected && !head.chunked() && behind.size() >= length) {
    const auto size = static_cast<std::size_t>(length);
    exchange.request.set_body(behind.substr(0, size));
    if (plain) return call_at_once(exchange, head_bytes.size() + size);
    exchange.request.set_body(exchange.arena.copy(exchange.request.body()));
    keep(exchange, head_bytes, head_bytes.size() + size);
    return start_task(exchange);
  }
  keep(exchange, head_bytes, head_bytes.size());
  begin_body(exchange);
  if (!plain) return start_task(exchange);
  if (!collected) return call(exchange);
  exchange.stage = Exchange::Stage::collecting;
  permit(exchange);
  exchange.incoming.start_collecting();
}

// The body that a plain handler waited for is there, or never will be.
void Connection::collected(Exchange& exchange) {
  if (exchange.incoming.failed()) {
    ++server_->statistics.rejected;
    ready(exchange, Response::problem(exchange.incoming.status()));
    advance();
  } else {
    call(exchange);
  }
}

// Makes the request independent of the bytes that it came in, and takes it up.
void Connection::keep(Exchange& exchange, std::string_view head_bytes, std::size_t size) {
  exchange.keep_head(head_bytes);
  use(size);
  take_up(exchange);
}

void Connection::take_up(Exchange& exchange) noexcept {
  scratch_ = nullptr;
  exchanges_.push_back(exchange);
  ++exchange_count_;
  if (stands_alone(exchange.head)) barrier_ = true;
}

void Connection::call(Exchange& exchange) {
  ready(exchange, answer_of(exchange));
  advance();
}

Response Connection::answer_of(Exchange& exchange) {
  exchange.request.set_context(&server_->context);
  const RunningLabel running{server_->loop, exchange.handler->name()};
  try {
    return exchange.handler->call(exchange.request);
  } catch (...) {
    return failed(exchange);
  }
}

void Connection::start_task(Exchange& exchange) {
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
  if (exchange.connection == nullptr) return;
  if (!exchange.task_done) return task_parked();
  task_ended(exchange);
  advance();
}

/// A task that was just started takes time. A client that has ended its side before does not wait for it, as little as
/// one that does so later.
void Connection::task_parked() noexcept {
  const bool gone = receive_ended_ && server_->options.half_close == HalfClose::gone;
  if (gone && life_ == Life::open) close(CancelReason::client_gone);
}

// A task has ended, the handler's or the one that wrote the body: what that means depends on how far the answer is.
void Connection::task_ended(Exchange& exchange) {
  exchange.task_active = exchange.task_done = false;
  const bool late = std::exchange(exchange.late, false);
  const bool unanswered = exchange.stage == Exchange::Stage::running;
  if (late || unanswered) --server_->statistics.handlers_running;
  if (late || (unanswered && closing())) ++server_->statistics.answers_dropped;
  if (closing()) return release(exchange);
  switch (exchange.stage) {
    case Exchange::Stage::running: return ready(exchange, result_of(exchange));
    case Exchange::Stage::writing: return stream_ended(exchange);
    case Exchange::Stage::session: return session_ended(exchange);
    case Exchange::Stage::answered:
      if (!exchange.body_pending) release(exchange);
      return;
    default: return;  // late, and its answer still waits for its turn
  }
}

Response Connection::result_of(Exchange& exchange) {
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

bool Exchange::body_threw() const noexcept {
  if (!incoming.failed()) return false;
  try {
    throw;
  } catch (const Failure& failure) {
    return failure.error().code() == incoming.error().code();  // not that of a database, say
  } catch (...) {
    return false;
  }
}

/// The answer to an exception, which is being handled. One that comes from a broken body has the body's status.
Response Connection::failed(Exchange& exchange) {
  if (exchange.body_threw()) {
    ++server_->statistics.rejected;
    return Response::problem(exchange.incoming.status());
  }
  return server_->service.failed(exchange.request, std::current_exception());
}

// The handler's time is over. The client gets its answer now; the handler is cancelled, and its place is held until it
// has really ended.
void Connection::expire(Exchange& exchange) {
  exchange.deadline = time_never;
  if (exchange.stage != Exchange::Stage::running) return;
  if (exchange.task_done) return;  // just in time: it is about to be looked at
  exchange.cancel(CancelReason::deadline);
  exchange.late = true;
  ready(exchange, Response::problem(exchange.status_at_deadline));
}

void Exchange::limit_deadline(TimePoint when, Status status) noexcept {
  if (stage != Stage::running || when >= deadline) return;
  deadline = when;
  status_at_deadline = status;
  context->limit_deadline(when);
  if (connection != nullptr) {
    connection->deadline_moved();
  } else {
    orphans->deadline_moved(when);
  }
}

// Too many handlers are at work: for this one there is no place, and the connection may ask again.
void Connection::shed(Exchange& exchange) {
  ++server_->statistics.rejected;
  ++server_->statistics.handlers_shed;
  Response response = Response::problem(Status::service_unavailable);
  response.add("Retry-After", "1");
  ready(exchange, std::move(response));
  advance();
}

// What the connection answers by itself: the request cannot be trusted or not be served, so nothing after it is read.
void Connection::refuse(Status status) {
  ++server_->statistics.rejected;
  Exchange& exchange = server_->exchanges.take(*this);
  exchange.refusal = true;
  exchanges_.push_back(exchange);
  ++exchange_count_;
  no_more_ = true;
  ready(exchange, Response::problem(status));
  advance();
}

void Connection::release(Exchange& exchange) noexcept {
  static_cast<ListHook<Exchange>&>(exchange).unlink();
  --exchange_count_;
  if (reading_ == &exchange) reading_ = nullptr;
  lift_barrier();
  server_->exchanges.give_back(exchange);
}

}  // namespace gyre::http
