// From an answer to bytes: whose turn it is, heads and framing, streams.

#include <gyre/http/internal/connection.hpp>

#include <cstring>

namespace gyre::http {

void Connection::ready(Exchange& exchange, Response response) {
  check(response);
  exchange.response = std::move(response);
  exchange.deadline = time_never;
  exchange.stage = Exchange::Stage::ready;
  exchange.held_bytes = exchange.response.body().size();
  held_bytes_ += exchange.held_bytes;
}

void Connection::advance() {
  while (life_ == Life::open) {
    Exchange* const first = first_unanswered();
    if (first == nullptr || first->stage != Exchange::Stage::ready) return;
    answer(*first);
  }
}

void Connection::answer(Exchange& exchange) {
  held_bytes_ -= std::exchange(exchange.held_bytes, 0);
  const bool last = is_last(exchange, exchange.response);
  if (exchange.response.upgrades()) {
    answer_upgrade(exchange, last);
  } else if (exchange.response.streamed()) {
    answer_stream(exchange, last);
  } else {
    answer_whole(exchange, exchange.response, last);
    answered(exchange, last);
  }
}

/// Whether the connection ends with this answer, as far as that is known before it is written.
bool Connection::is_last(Exchange& exchange, const Response& response) noexcept {
  if (exchange.refusal || exchange.incoming.failed() || !exchange.head.keep_alive()) return true;
  const bool nothing_behind = scratch_ == &exchange || &exchanges_.back() == &exchange;
  if (nothing_behind && server_->draining) return true;
  if (response.streamed()) return exchange.head.version_minor() == 0 && !response.stream_length();
  return exchange.body_pending && !may_drain(exchange.incoming);
}

/// Whether an unread body can be got out of the way.
bool Connection::may_drain(const IncomingBody& body) const noexcept {
  return !body.wants_permission() && body.left().value_or(0) <= server_->options.limits.drain;
}

wire::ResponseHead Connection::head_of(const Exchange& exchange, const Response& response, bool last) const noexcept {
  wire::ResponseHead head;
  head.status = response.status();
  head.common_fields = server_->common_fields.lines(server_->loop, response);
  head.content_type = response.content_type();
  head.fields = response.fields();
  if (last) {
    head.connection = wire::ConnectionOption::close;
  } else if (exchange.head.version_minor() == 0) {
    head.connection = wire::ConnectionOption::keep_alive;
  }
  return head;
}

void Connection::answer_whole(const Exchange& exchange, const Response& response, bool last) {
  std::string_view body = response.body();
  wire::ResponseHead head = head_of(exchange, response, last);
  head.framing = allows_body(head.status) ? wire::BodyFraming::length : wire::BodyFraming::none;
  head.content_length = body.size();
  const bool is_head = exchange.refusal ? exchange.head_refused : exchange.head.method() == Method::head;
  if (head.framing == wire::BodyFraming::none || is_head) body = {};
  write(head, body, exchange);
}

// The way of nearly all requests: nothing is kept, nothing waits.
void Connection::call_at_once(Exchange& exchange, std::size_t size) {
  const auto keep_bytes = [&] {
    exchange.request.set_body(exchange.arena.copy(exchange.request.body()));
    exchange.keep_head(unused().substr(0, exchange.head.head_size()));
  };
  const bool kept = exchange.handler->views() == RequestHandler::Views::kept;
  if (kept) keep_bytes();
  Response response = answer_of(exchange);
  check(response);
  if (response.streamed() || response.upgrades()) [[unlikely]] {
    if (!kept) keep_bytes();  // it comes from `Service::failed`
    use(size);
    take_up(exchange);
    ready(exchange, std::move(response));
    return advance();
  }
  const bool last = is_last(exchange, response);
  answer_whole(exchange, response, last);
  use(size);
  server_->exchanges.give_back(*std::exchange(scratch_, nullptr));
  if (last) end_after_output();
}

void Connection::answer_stream(Exchange& exchange, bool last) {
  Response& response = exchange.response;
  const std::optional<std::uint64_t> length = response.stream_length();
  const bool has_body = allows_body(response.status());
  wire::ResponseHead head = head_of(exchange, response, last);
  if (!has_body || (!length && exchange.head.version_minor() == 0)) {
    head.framing = wire::BodyFraming::none;
  } else {
    head.framing = length ? wire::BodyFraming::length : wire::BodyFraming::chunked;
    head.content_length = length.value_or(0);
  }
  const bool written = has_body && exchange.head.method() != Method::head;
  if (written && !is_error(response.status())) permit(exchange);  // for a task that reads while it writes
  write(head, {}, exchange);
  exchange.task = {};
  exchange.last = last;
  if (last) no_more_ = true;
  if (!written) return answered(exchange, last);

  using Framing = OutgoingBody::Framing;
  exchange.outgoing.begin(head.framing == wire::BodyFraming::length    ? Framing::length
                          : head.framing == wire::BodyFraming::chunked ? Framing::chunked
                                                                       : Framing::bare,
                          length.value_or(0));
  start_body_task(exchange);
}

// The whole answer is written.
void Connection::answered(Exchange& exchange, bool last) {
  if (exchange.body_pending) {
    last = last || !may_drain(exchange.incoming);
    exchange.incoming.discard(now());
    exchange.incoming.wake_reader(now());  // of a handler that is late
  }
  if (last && exchange.body_pending) {
    exchange.body_pending = false;
    reading_ = nullptr;
  }
  exchange.stage = Exchange::Stage::answered;
  if (!exchange.task_active && !exchange.body_pending) {
    release(exchange);
  } else {
    lift_barrier();
  }
  if (last) end_after_output();
}

void Connection::answer_upgrade(Exchange& exchange, bool last) {
  const bool offered = exchange.head.upgrade() && !exchange.body_pending;
  wire::ResponseHead head = head_of(exchange, exchange.response, last);
  if (offered || !last) head.connection = wire::ConnectionOption::upgrade;
  if (offered) {
    head.framing = wire::BodyFraming::none;
    write(head, {}, exchange);
    exchange.task = {};
    return leave();
  }
  const Response problem = Response::problem(Status::upgrade_required);
  head.status = problem.status();
  head.content_type = problem.content_type();
  head.content_length = problem.body().size();
  write(head, exchange.head.method() == Method::head ? std::string_view{} : problem.body(), exchange);
  answered(exchange, last);
}

bool Connection::inform(Exchange& exchange, Status status, std::string_view fields) {
  if (first_unanswered() != &exchange || exchange.stage != Exchange::Stage::running ||
      exchange.head.version_minor() == 0 || life_ != Life::open) {
    return false;
  }
  const std::size_t bound = wire::interim_head_bound(fields);
  Output& out = output(bound);
  const char* const end = wire::write_interim_head(status, fields, out.end());
  written(out, static_cast<std::size_t>(end - out.end()), route_of(exchange));
  return true;
}

}  // namespace gyre::http
