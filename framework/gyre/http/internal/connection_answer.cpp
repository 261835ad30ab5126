#include <gyre/http/internal/connection.hpp>

#include <cstring>

namespace gyre::http {

void Connection::handle(std::string_view head_bytes) {
  if (exchange_->handler->kind() == RequestHandler::Kind::plain) [[likely]] {
    handle_plain();
  } else {
    handle_coroutine(head_bytes);
  }
}

void Connection::handle_plain() {
  Exchange& exchange = *exchange_;
  exchange.request.set_context(&server_->context);
  Response response;
  try {
    response = exchange.handler->call(exchange.request);
  } catch (...) {
    response = server_->service.failed(exchange.request, std::current_exception());
  }
  answer(std::move(response));
}

// `head_bytes` is empty if the head was copied before, while its body was collected.
void Connection::handle_coroutine(std::string_view head_bytes) {
  Exchange& exchange = *exchange_;
  if (!head_bytes.empty()) {
    exchange.request.set_body(exchange.arena.copy(exchange.request.body()));
    exchange.keep_head(head_bytes);
  }
  exchange.context.emplace(server_->context);
  exchange.request.set_context(&*exchange.context);
  phase_ = Phase::handling;
  task_done_ = false;
  in_handler_ = true;
  try {
    exchange.task = exchange.handler->start(exchange.request);
  } catch (...) {
    in_handler_ = false;
    phase_ = Phase::head;
    answer(server_->service.failed(exchange.request, std::current_exception()));
    return;
  }
  exchange.task.start(*exchange.context, exchange);
  in_handler_ = false;
  if (task_done_) finish_exchange();
}

// The handler's task has ended: its answer goes out, or nowhere if the client has left.
void Connection::finish_exchange() {
  Exchange& exchange = *exchange_;
  const bool client_left = phase_ == Phase::closing;
  if (!client_left) phase_ = Phase::head;
  Response response;
  try {
    response = exchange.task.result();
  } catch (const Cancelled&) {
    response = Response::problem(Status::service_unavailable);
  } catch (...) {
    response = server_->service.failed(exchange.request, std::current_exception());
  }
  if (client_left) {
    ++server_->statistics.answers_dropped;
    release_exchange();
    return;
  }
  answer(std::move(response));
}

/// Whether a response with this status has content (RFC 9110 6.4.1).
static bool has_content(Status status) noexcept {
  return status != Status::no_content && status != Status::not_modified && static_cast<unsigned>(status) >= 200;
}

// Writes the answer to the request of `exchange_` and lets go of it.
void Connection::answer(Response response) {
  const wire::RequestHead& request = exchange_->head;
  // A final answer is owed: an interim status would leave the client waiting for ever.
  if (static_cast<unsigned>(response.status()) < 200) response = Response::problem(Status::internal_server_error);
  // One send counts in 31 bits; what is larger belongs into a stream.
  constexpr std::size_t body_max = std::size_t{1} << 30;
  if (response.body().size() > body_max) response = Response::problem(Status::internal_server_error);
  const bool last = !request.keep_alive() || server_->draining || receive_ended_;
  std::string_view body = response.body();
  wire::ResponseHead head;
  head.status = response.status();
  head.framing = has_content(head.status) ? wire::BodyFraming::length : wire::BodyFraming::none;
  head.content_length = body.size();
  head.content_type = response.content_type();
  head.fields = response.fields();
  if (last) {
    head.connection = wire::ConnectionOption::close;
  } else if (request.version_minor() == 0) {
    head.connection = wire::ConnectionOption::keep_alive;
  }
  if (head.framing == wire::BodyFraming::none || request.method() == Method::head) body = {};
  write(head, body);
  release_exchange();
  if (last) end_after_output();
}

// What the connection itself answers: the request cannot be trusted or not be served, so nothing after it is read.
void Connection::refuse(Status status) {
  ++server_->statistics.rejected;
  release_exchange();
  const Response response = Response::problem(status);
  wire::ResponseHead head;
  head.status = status;
  head.content_length = response.body().size();
  head.content_type = response.content_type();
  head.connection = wire::ConnectionOption::close;
  write(head, response.body());
  end_after_output();
}

void Connection::write(const wire::ResponseHead& given, std::string_view body) {
  wire::ResponseHead head = given;
  head.date = server_->date.text(server_->loop);
  head.server = server_->options.server_name;
  const std::size_t bound = wire::response_head_bound(head) + body.size();
  Output* out = &output(bound);
  char* end = wire::write_response_head(head, out->end());
  if (end == nullptr) {
    // A content type with a control character: nothing of that answer may leave.
    constexpr std::string_view plain;
    head.status = Status::internal_server_error;
    head.content_type = plain;
    head.fields = plain;
    head.content_length = 0;
    head.framing = wire::BodyFraming::length;
    body = plain;
    end = wire::write_response_head(head, out->end());
  }
  if (!body.empty()) {
    std::memcpy(end, body.data(), body.size());
    end += body.size();
  }
  const auto written = static_cast<std::uint32_t>(end - out->end());
  out->size += written;
  output_bytes_ += written;
  ++server_->statistics.responses;
}

// The buffer to write `bytes` into: the last pending one if there is room, so that all answers of a turn leave
// together.
Output& Connection::output(std::size_t bytes) {
  if (pending_last_ != nullptr && pending_last_->left() >= bytes) return *pending_last_;
  Output& fresh = server_->outputs.take(*this, bytes);
  if (pending_ == nullptr) {
    pending_ = &fresh;
  } else {
    pending_last_->next = &fresh;
  }
  pending_last_ = &fresh;
  server_->loop.flush_later(*this);
  return fresh;
}

// At most one send is with the kernel: two could overtake each other.
void Connection::send_next() noexcept {
  if (pending_ == nullptr) {
    if (phase_ == Phase::finishing) linger();
    return;
  }
  sending_ = pending_;
  pending_ = sending_->next;
  if (pending_ == nullptr) pending_last_ = nullptr;
  sending_->descriptor = descriptor;
  sending_->parts[0] = as_bytes({sending_->bytes(), sending_->size});
  sending_->part_count = 1;
  send_deadline_ = time_after(server_->loop.now(), server_->options.limits.write_stall);
  server_->loop.submit(*sending_);
  set_deadline();
}

}  // namespace gyre::http
