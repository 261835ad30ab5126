// The streams of an HTTP/2 connection: from requests to answers.

#include <gyre/http/internal/h2_connection.hpp>

#include <algorithm>

namespace gyre::http {

// --- requests --------------------------------------------------------------------------------------------------------

/// nullptr: there is no place for one more, as long as the handlers of those that the client has taken back are at
/// work. Those that go on without it and keep its place count, too.
H2Exchange* H2Connection::take_stream(std::uint32_t id) {
  if (exchange_count_ + place_.others() >= server_->options.limits.h2.streams) return nullptr;
  H2Exchange& exchange = server_->h2_exchanges.take(*this);
  exchange.id = id;
  exchange.open = true;
  ++open_count_;
  exchange.stage = Exchange::Stage::ready;  // nobody's turn but its own
  exchanges_.push_back(exchange);
  ++exchange_count_;
  beginning_ = &exchange;
  return &exchange;
}

wire::H2Stream* H2Connection::on_request(std::uint32_t stream, wire::RequestHead& head, std::string_view head_bytes) {
  H2Exchange* const exchange = take_stream(stream);
  if (exchange == nullptr) return nullptr;
  exchange->head = head;
  ++server_->statistics.requests;
  exchange->handler = &server_->service.find(exchange->request);
  const bool plain = exchange->handler->kind() == RequestHandler::Kind::plain;
  if (plain && !head.has_body() && !must_wait()) [[likely]] {
    ++begun_in_step_;
    call_at_once(*exchange, head_bytes);
  } else {
    exchange->keep_head(head_bytes);
    if (head.has_body()) {
      exchange->incoming.begin_stream(head, body_limit(*exchange), now());
      exchange->body_pending = true;
      exchange->request.set_body_source(&exchange->incoming);
      exchange->request.set_body_limit(body_limit(*exchange));
    }
    if (must_wait()) {
      exchange->stage = Exchange::Stage::parsed;
      ++waiting_;
    } else {
      begin(*exchange);
    }
  }
  return std::exchange(beginning_, nullptr);
}

wire::H2Stream* H2Connection::on_bad_request(std::uint32_t stream, wire::HeadError error) {
  H2Exchange* const exchange = take_stream(stream);
  if (exchange == nullptr) return nullptr;
  ++server_->statistics.rejected;
  exchange->refusal = true;
  ready(*exchange, Response::problem(wire::status_of(error)));
  return std::exchange(beginning_, nullptr);
}

/// Who keeps to the number of its streams never has more to begin in one step than these, and takes few of them back in
/// the same one. Who does otherwise waits for the next: the loop has others to serve, and what is taken back meanwhile
/// never begins.
bool H2Connection::has_enough() const noexcept {
  constexpr unsigned taken_back_max = 8;
  const Limits& limits = server_->options.limits;
  return begun_in_step_ >= limits.h2.streams || taken_back_in_step_ >= taken_back_max ||
         unsent_bytes_ + output_bytes_ > limits.output;
}

bool H2Connection::must_wait() const noexcept { return waiting_ != 0 || has_enough(); }

void H2Connection::begin_waiting() {
  while (waiting_ != 0 && !has_enough() && life_ == Life::open) {
    Exchange* const waiting = exchanges_.find([](Exchange& each) { return each.stage == Exchange::Stage::parsed; });
    --waiting_;
    begin(own(*waiting));
  }
}

// The request is independent of the bytes that it came in.
void H2Connection::begin(H2Exchange& exchange) {
  ++begun_in_step_;
  exchange.stage = Exchange::Stage::ready;
  if (exchange.body_pending) return begin_with_body(exchange);
  exchange.handler->kind() == RequestHandler::Kind::plain ? call(exchange) : start_task(exchange);
}

void H2Connection::begin_with_body(H2Exchange& exchange) {
  const RequestHandler& handler = *exchange.handler;
  const std::uint64_t length = exchange.head.content_length().value_or(0);
  if (length > body_limit(exchange) && handler.body_use() != RequestHandler::BodyUse::ignored) {
    ++server_->statistics.rejected;
    exchange.incoming.fail(Status::content_too_large, Errc::limit_exceeded);
    return ready(exchange, Response::problem(Status::content_too_large));
  }
  if (handler.kind() == RequestHandler::Kind::coroutine) return start_task(exchange);
  if (handler.body_use() != RequestHandler::BodyUse::collected) return call(exchange);
  exchange.stage = Exchange::Stage::collecting;
  permit(exchange);
  exchange.incoming.start_collecting();
  feed_body(exchange);  // of one that waited
  if (receive_ended_) exchange.incoming.cut_off(now());
  body_progressed(exchange);
  if (!exchange.body_pending) collected(exchange);
}

// The body that a plain handler waited for is there, or never will be.
void H2Connection::collected(H2Exchange& exchange) {
  if (!exchange.incoming.failed()) return call(exchange);
  ++server_->statistics.rejected;
  ready(exchange, Response::problem(exchange.incoming.status()));
}

// The way of most requests: nothing is kept unless the answer looks at it.
void H2Connection::call_at_once(H2Exchange& exchange, std::string_view head_bytes) {
  const bool kept = exchange.handler->views() == RequestHandler::Views::kept;
  if (kept) exchange.keep_head(head_bytes);
  Response response = answer_of(exchange);
  if (!kept) {
    const auto offset =
        reinterpret_cast<std::uintptr_t>(response.body().data()) - reinterpret_cast<std::uintptr_t>(head_bytes.data());
    if (response.streamed()) {  // it comes from `Service::failed`
      exchange.keep_head(head_bytes);
    } else if (offset < head_bytes.size()) {
      response.set_body(exchange.arena.copy(response.body()));
    }
  }
  ready(exchange, std::move(response));
}

// --- bodies of requests ----------------------------------------------------------------------------------------------

// Bytes count against the client's window as long as they are here.
void H2Connection::on_data(H2Exchange& exchange, std::string_view data) {
  if (!exchange.body_pending) return session_->consumed(exchange.id, data.size());  // nobody wants it
  exchange.received.append(data);
  if (exchange.incoming.mode() == IncomingBody::Mode::held) return exchange.incoming.arrived();
  feed_body(exchange);
  const bool collecting = exchange.stage == Exchange::Stage::collecting;
  body_progressed(exchange);
  if (collecting && !exchange.body_pending) collected(exchange);
}

void H2Connection::on_body_end(H2Exchange& exchange, std::string_view trailers) {
  if (!exchange.body_pending) return;
  if (!trailers.empty()) exchange.request.set_trailers(exchange.arena.copy(trailers));
  const bool collecting = exchange.stage == Exchange::Stage::collecting;
  exchange.incoming.complete(now());
  body_progressed(exchange);
  if (collecting && !exchange.body_pending) collected(exchange);
}

void H2Connection::feed_body(Exchange& exchange) {
  H2Exchange& stream = own(exchange);
  const std::size_t size = stream.received.size();
  if (exchange.incoming.mode() == IncomingBody::Mode::collected) {
    stream.collected += size;
    collected_bytes_ += size;
    if (collected_bytes_ > server_->options.limits.collected) {
      exchange.incoming.fail(Status::service_unavailable, Errc::limit_exceeded);
    }
  }
  exchange.incoming.feed(stream.received.view(), now());
  stream.received.clear();
  if (size == 0 || !stream.open) return;
  session_->consumed(stream.id, size);
  send_soon();  // a handler that goes on by itself may have asked for it
}

/// Nobody reads it; but the client may send as much again on other streams.
void H2Connection::drop_received(H2Exchange& exchange) noexcept {
  if (!exchange.received.empty()) session_->consumed(exchange.id, exchange.received.size());
  exchange.received.clear();
}

InputBuffer H2Connection::take_input(Exchange& exchange) {
  H2Exchange& stream = own(exchange);
  if (!stream.received.empty() && stream.open) {
    session_->consumed(stream.id, stream.received.size());
    send_soon();
  }
  return std::move(stream.received);
}

void H2Connection::give_back_input(Exchange& exchange, std::string_view rest) {
  if (!rest.empty()) own(exchange).received.append(rest);
}

void H2Connection::body_progressed(Exchange& exchange) noexcept {
  IncomingBody& body = exchange.incoming;
  if (!exchange.body_pending || !(body.ended() || body.failed())) return;
  exchange.body_pending = false;
  if (exchange.stage != Exchange::Stage::collecting) body.wake_reader(now());
}

void H2Connection::fail_body(H2Exchange& exchange, Status status, Error error) {
  const bool collecting = exchange.stage == Exchange::Stage::collecting;
  exchange.incoming.fail(status, error);
  body_progressed(exchange);
  if (collecting) collected(exchange);
}

/// No more of it will arrive. What has can still be read.
void H2Connection::body_cut_off(H2Exchange& exchange) {
  if (!exchange.body_pending) return;
  const bool collecting = exchange.stage == Exchange::Stage::collecting;
  exchange.incoming.cut_off(now());
  body_progressed(exchange);
  if (collecting && !exchange.body_pending) collected(exchange);
}

void H2Connection::permit(Exchange& exchange) {
  if (!exchange.incoming.wants_permission() || exchange.stage > Exchange::Stage::ready) return;
  exchange.incoming.permit();
  if (!own(exchange).received.empty()) return;
  session_->inform(own(exchange).id, Status::continue_, {});
  send_soon();
}

// --- answers ---------------------------------------------------------------------------------------------------------

void H2Connection::ready(Exchange& exchange, Response response) {
  check(response);
  exchange.response = std::move(response);
  exchange.deadline = time_never;
  exchange.stage = Exchange::Stage::ready;
  answer(own(exchange));
}

void H2Connection::answer(H2Exchange& exchange) {
  const Response& response = exchange.response;
  if (response.upgrades()) {  // there is no such thing on a stream: the client asks again over HTTP/1.1
    reset(exchange, wire::H2Error::http_1_1_required);
    return answered(exchange);
  }
  wire::ResponseHead head;
  head.status = response.status();
  head.common_fields = server_->common_fields.lines(server_->loop, response);
  head.content_type = response.content_type();
  head.fields = response.fields();
  head.framing = allows_body(response.status()) ? wire::BodyFraming::length : wire::BodyFraming::none;
  response.streamed() ? answer_stream(exchange, head) : answer_whole(exchange, head);
}

bool H2Connection::respond(H2Exchange& exchange, wire::ResponseHead& head, wire::H2Session::Body body) {
  ++server_->statistics.responses;
  send_soon();
  if (session_->respond(exchange.id, head, body)) return true;
  // A content type with a control character: nothing of that answer may leave.
  wire::ResponseHead plain;
  plain.status = Status::internal_server_error;
  plain.common_fields = head.common_fields;
  session_->respond(exchange.id, plain, wire::H2Session::Body::none);
  return false;
}

void H2Connection::answer_whole(H2Exchange& exchange, wire::ResponseHead& head) {
  using Body = wire::H2Session::Body;
  std::string_view body = exchange.response.body();
  head.content_length = body.size();
  const bool is_head = !exchange.refusal && exchange.head.method() == Method::head;
  if (is_head || head.framing == wire::BodyFraming::none) body = {};
  exchange.rest = body;
  exchange.body_written = true;
  const bool follows = respond(exchange, head, body.empty() ? Body::none : Body::follows);
  if (follows) {
    hold(exchange, body.size());
  } else {
    exchange.rest = {};
  }
  answered(exchange);
}

void H2Connection::answer_stream(H2Exchange& exchange, wire::ResponseHead& head) {
  using Body = wire::H2Session::Body;
  const std::optional<std::uint64_t> length = exchange.response.stream_length();
  const bool written = head.framing != wire::BodyFraming::none && exchange.head.method() != Method::head;
  if (!length) head.framing = wire::BodyFraming::none;
  head.content_length = length.value_or(0);
  if (written && !is_error(head.status)) permit(exchange);  // for a task that reads while it writes
  const bool follows = respond(exchange, head, written ? Body::follows : Body::none);
  exchange.task = {};
  if (!written || !follows) return answered(exchange);
  exchange.outgoing.begin(length ? OutgoingBody::Framing::length : OutgoingBody::Framing::bare, length.value_or(0));
  start_body_task(exchange);
}

/// Nothing is to be done for the answer but to send it.
void H2Connection::answered(H2Exchange& exchange) noexcept {
  exchange.stage = Exchange::Stage::answered;
  if (exchange.body_pending) {
    exchange.incoming.discard(now());
    exchange.incoming.wake_reader(now());  // of a handler that is late
    exchange.body_pending = false;
    drop_received(exchange);
  }
  if (!exchange.open && !exchange.task_active) release(exchange);
}

void H2Connection::stream_written(Exchange& exchange) {
  H2Exchange& stream = own(exchange);
  stream.body_written = true;
  // Its end wants a window, too, even where nothing of the body is left.
  if (stream.send_deadline == time_never) begin_send_period(stream);
  session_->resume(stream.id);
  send_soon();
  answered(stream);
}

void H2Connection::cut_stream(Exchange& exchange) noexcept {
  reset(own(exchange), wire::H2Error::internal_error);
  lose_stream(own(exchange), CancelReason::client_gone);
}

void H2Connection::append_output(Exchange& exchange, std::string_view first, std::string_view second,
                                 std::string_view third) {
  H2Exchange& stream = own(exchange);
  const std::size_t before = stream.written.size();
  for (const std::string_view part : {first, second, third}) {
    if (!part.empty()) stream.written.append(part);
  }
  hold(stream, stream.written.size() - before);
  session_->resume(stream.id);
  send_soon();
}

bool H2Connection::has_room(const Exchange& exchange) const noexcept {
  constexpr std::size_t always = 16 * 1024;  // so that it gets on, whatever others keep
  constexpr std::size_t most = 64 * 1024;
  const std::size_t ahead = own(exchange).written.size();
  return ahead <= always || (ahead <= most && unsent_bytes_ + output_bytes_ <= server_->options.limits.output);
}

// Other streams may keep the connection busy for ever.
bool H2Connection::flushed(const Exchange& exchange) const noexcept {
  const H2Exchange& stream = own(exchange);
  return stream.written.empty() && (all_sent() || framed_bytes_ >= stream.framed_until + output_bytes_);
}

bool H2Connection::inform(Exchange& exchange, Status status, std::string_view fields) {
  if (exchange.stage != Exchange::Stage::running || life_ != Life::open) return false;
  send_soon();
  return session_->inform(own(exchange).id, status, fields);
}

/// More waits to be sent. The client has so long to let some of it go.
void H2Connection::hold(H2Exchange& exchange, std::size_t bytes) noexcept {
  unsent_bytes_ += bytes;
  if (bytes != 0 && exchange.send_deadline == time_never) begin_send_period(exchange);
}

void H2Connection::begin_send_period(H2Exchange& exchange) noexcept {
  exchange.sent_in_period = 0;
  exchange.send_deadline = time_after(now(), write_stall(route_of(exchange)));
}

void H2Connection::on_sent(H2Exchange& exchange, std::size_t size) noexcept {
  unsent_bytes_ -= size;
  exchange.framed_until = framing_until_;
  exchange.sent_in_period += size;
  if (exchange.unsent() == size) exchange.send_deadline = time_never;
}

/// Whether it is not the client's windows that hold the answer up. Then it has as much time again.
bool H2Connection::takes_enough(H2Exchange& exchange) noexcept {
  const bool held_up = session_->window(exchange.id) == 0;
  if (held_up && exchange.sent_in_period < taken_min(route_of(exchange))) return false;
  begin_send_period(exchange);
  return true;
}

// --- the end of a stream ---------------------------------------------------------------------------------------------

void H2Connection::reset(H2Exchange& exchange, wire::H2Error error) noexcept {
  if (!exchange.open) return;
  session_->reset(exchange.id, error);
  send_soon();
}

void H2Connection::on_stream_closed(H2Exchange& exchange, wire::H2Error error) noexcept {
  if (error != wire::H2Error::no_error) ++taken_back_in_step_;
  close_stream(exchange);
  lose_stream(exchange, CancelReason::client_gone);
}

void H2Connection::close_stream(H2Exchange& exchange) noexcept {
  exchange.open = false;
  --open_count_;
  answered_ = true;
  idle_deadline_ = time_after(now(), server_->options.limits.idle);
}

/// Nothing comes and nothing goes on it any more. Whoever is still at work for it hears so, or, if its answer is out
/// and it is only late, is waited for.
void H2Connection::lose_stream(H2Exchange& exchange, CancelReason reason) noexcept {
  if (exchange.open) {
    close_stream(exchange);
    session_->forget(exchange.id);
  }
  if (&exchange == beginning_) beginning_ = nullptr;
  unsent_bytes_ -= exchange.unsent();
  exchange.rest = {};
  exchange.written.clear();
  exchange.send_deadline = time_never;
  if (exchange.stage == Exchange::Stage::parsed) --waiting_;
  const bool body_pending = std::exchange(exchange.body_pending, false);
  const bool at_work = exchange.task_active;
  const bool goes_on = exchange.stage == Exchange::Stage::answered && at_work && life_ != Life::closing;
  if (goes_on) return;
  lose_client(exchange, reason);
  // Who reads it where no cancellation reaches hears that there is no more. (A handler that goes on has left.)
  if (at_work && body_pending && exchange.carrier != nullptr) exchange.incoming.cut_off(now());
}

void H2Connection::late_ended(Exchange& exchange) noexcept {
  if (!own(exchange).open) release(exchange);
}

bool H2Connection::abandoned(const Exchange& exchange) const noexcept { return !own(exchange).open; }

// A client that has ended its side does not wait for what takes time (`HalfClose`).
void H2Connection::task_parked(Exchange& exchange) noexcept {
  const bool gone = receive_ended_ && server_->options.half_close == HalfClose::gone;
  if (!gone) return;
  reset(own(exchange), wire::H2Error::cancel);  // not refused: it has begun
  lose_stream(own(exchange), CancelReason::client_gone);
}

void H2Connection::detach(Exchange& exchange) noexcept {
  exchange.incoming.cut_off(std::move(own(exchange).received), now());
  leave_list(own(exchange));
}

void H2Connection::leave_list(H2Exchange& exchange) noexcept {
  collected_bytes_ -= std::exchange(exchange.collected, 0);
  static_cast<ListHook<Exchange>&>(exchange).unlink();
  --exchange_count_;
}

void H2Connection::release(Exchange& exchange) noexcept {
  leave_list(own(exchange));
  exchange.recycle(*server_);
}

}  // namespace gyre::http
