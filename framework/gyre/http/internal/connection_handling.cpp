// From a head to an answer: handlers and their tasks.

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
  const std::uint64_t most = body_limit(exchange);
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

/// A task that was just started takes time. A client that has ended its side before does not wait for it, as little as
/// one that does so later.
void Connection::task_parked(Exchange& /*exchange*/) noexcept {
  const bool gone = receive_ended_ && server_->options.half_close == HalfClose::gone;
  if (gone && life_ == Life::open) close(CancelReason::client_gone);
}

// What the connection answers by itself: the request cannot be trusted or not be served, so nothing after it is read.
void Connection::refuse(Status status) {
  ++server_->statistics.rejected;
  Exchange& exchange = server_->exchanges.take(*this);
  exchange.refusal = true;
  exchange.head_refused = unused().starts_with("HEAD ");
  exchanges_.push_back(exchange);
  ++exchange_count_;
  no_more_ = true;
  ready(exchange, Response::problem(status));
  advance();
}

}  // namespace gyre::http
