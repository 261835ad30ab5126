// The way in: heads, bodies, and when to stop reading.

#include <gyre/http/internal/connection.hpp>

#include <algorithm>

namespace gyre::http {

// What the loop hands over is used where it lies as long as nothing is waiting before it; the rest is kept.
void Connection::on_bytes(std::string_view data) {
  if (input_.empty()) {
    input_.lend(data);
  } else {
    input_.append(data);
  }
  consume();
  input_.keep();
  if (reading_ != nullptr) reading_->incoming.arrived();
}

// The client may only have ended its side: what it has asked for still goes out (`retire`), unless it takes more time
// than a client is taken to wait for without a sign of life (`HalfClose`).
void Connection::on_end(bool broken) {
  const bool gone = broken || server_->options.half_close == HalfClose::gone;
  const bool becomes_h2 = life_ == Life::leaving && fresh_;  // which then reads to the end itself
  if ((gone && at_work()) || (life_ == Life::leaving && !becomes_h2)) {
    close(CancelReason::client_gone);
  } else if (life_ == Life::lingering) {
    close();
  } else if (reading_ != nullptr) {
    body_cut_off(*reading_);
  }
}

// All that there is of it has been taken, but for what a task can still read.
void Connection::body_cut_off(Exchange& exchange) {
  if (exchange.stage == Exchange::Stage::answered) return end_after_output();
  const bool collecting = exchange.stage == Exchange::Stage::collecting;
  exchange.incoming.cut_off(now());
  body_progressed(exchange);
  if (collecting) collected(exchange);
}

void Connection::consume() {
  bool used = true;
  while (used && life_ == Life::open && !unused().empty()) {
    used = reading_ != nullptr ? take_body() : may_take_head() && take_head();
  }
  // One that was begun, or left unread, after the client had ended its side.
  if (receive_ended_ && life_ == Life::open && reading_ != nullptr) [[unlikely]]
    body_cut_off(*reading_);
}

bool Connection::stalled() const noexcept { return output_bytes_ + held_bytes_ > server_->options.limits.output; }

bool Connection::has_room(const Exchange& /*exchange*/) const noexcept {
  return output_bytes_ <= server_->options.limits.output;
}

bool Connection::may_take_head() const noexcept {
  return !no_more_ && !barrier_ && !stalled() && exchange_count_ < server_->options.limits.concurrent_requests;
}

// No request begins with the preface of HTTP/2 (RFC 9113 3.4): a client that sends it knows that we speak it. Over TLS
// it has to say so before.
bool Connection::begins_h2() noexcept {
  if (tls_ != nullptr || server_->options.http2 == Http2::off) return false;
  const std::string_view begin = unused().substr(0, wire::h2_preface.size());
  if (!wire::h2_preface.starts_with(begin)) return false;
  if (begin.size() == wire::h2_preface.size()) leave();
  return true;
}

bool Connection::take_head() {
  if (fresh_ && unused().front() == 'P' && begins_h2()) [[unlikely]]
    return false;
  if (fresh_ && server_->options.http2 == Http2::only) [[unlikely]] {
    refuse(Status::http_version_not_supported);
    return false;
  }
  if (scratch_ == nullptr) scratch_ = &server_->exchanges.take(*this);
  const std::string_view data = unused();
  const wire::HeadOutcome outcome =
      wire::parse_request_head(data, server_->options.limits.head, scratch_->head, progress_);
  PlainExchange& exchange = *scratch_;  // until it is taken up or given back
  if (outcome.state != wire::HeadState::complete) [[unlikely]] {
    scratch_ = nullptr;
    server_->exchanges.give_back(exchange);
    if (outcome.state == wire::HeadState::rejected) refuse(outcome.status());
    return false;
  }
  progress_ = {};
  if (!between_requests() && stands_alone(exchange.head)) {
    barrier_ = true;
    scratch_ = nullptr;
    server_->exchanges.give_back(exchange);
    return false;  // it is parsed anew when its time has come
  }
  head_deadline_ = time_never;
  fresh_ = false;
  ++server_->statistics.requests;
  begin(exchange, data.substr(0, exchange.head.head_size()));
  return true;
}

// --- bodies ----------------------------------------------------------------------------------------------------------

void Connection::begin_body(Exchange& exchange) {
  const Limits& limits = server_->options.limits;
  const wire::RequestHead& head = exchange.head;
  exchange.incoming.begin(head, limits.chunks, body_limit(exchange), now());
  exchange.body_pending = true;
  exchange.request.set_body_source(&exchange.incoming);
  reading_ = &exchange;
  // What has not arrived yet must be worth the two operations that it takes.
  constexpr std::uint64_t bulk_min = 128 * 1024;
  if (exchange.incoming.left().value_or(bulk_min) >= unused().size() + bulk_min) receive_in_bulk(true);
}

/// An upload costs much less in large pieces, and nobody else needs them.
void Connection::receive_in_bulk(bool wanted) noexcept {
  if (std::exchange(in_bulk, wanted) == wanted || !receiving()) return;
  rearming_ = true;
  server_->loop.cancel(static_cast<ReceiveOperation&>(*this));
}

bool Connection::take_body() {
  Exchange& exchange = *reading_;
  if (exchange.incoming.mode() == IncomingBody::Mode::held) return false;
  const std::size_t before = unused().size();
  const bool collecting = exchange.stage == Exchange::Stage::collecting;
  feed_body(exchange);
  const bool used = unused().size() != before;
  body_progressed(exchange);  // one that was only thrown away is gone now
  if (collecting && !exchange.body_pending) collected(exchange);
  return used;
}

void Connection::feed_body(Exchange& exchange) { use(exchange.incoming.feed(unused(), now())); }

InputBuffer Connection::take_input(Exchange& /*exchange*/) {
  input_.keep();
  return std::move(input_);
}

void Connection::give_back_input(Exchange& /*exchange*/, std::string_view rest) {
  if (!rest.empty()) input_.append(rest);
}

// Behind the head of the answer an interim one would be part of its body, or of no answer at all.
void Connection::permit(Exchange& exchange) {
  if (!exchange.incoming.wants_permission() || exchange.stage > Exchange::Stage::ready) return;
  exchange.incoming.permit();
  if (unused().empty()) append_output(exchange, "HTTP/1.1 100 Continue\r\n\r\n", {}, {});
}

// Called from within tasks, too: what is to follow is left to a later step then.
void Connection::body_progressed(Exchange& exchange) noexcept {
  IncomingBody& body = exchange.incoming;
  // However the bytes were cut: what is too much is so even if it turns out to be all.
  const bool too_much = body.discarded() > server_->options.limits.drain;
  if (!exchange.body_pending || !(body.ended() || body.failed() || too_much)) return;
  exchange.body_pending = false;
  reading_ = nullptr;
  receive_in_bulk(false);
  if (body.failed()) no_more_ = true;
  if (exchange.stage == Exchange::Stage::collecting) return;
  body.wake_reader(now());
  if (exchange.stage == Exchange::Stage::answered) {
    const bool ends = too_much || body.failed();
    if (!exchange.task_active) {
      release(exchange);
    } else {
      lift_barrier();
    }
    if (ends) end_after_output();
  }
  schedule_work();
}

// --- backpressure ----------------------------------------------------------------------------------------------------

/// Whether bytes that arrive can only be kept.
bool Connection::reading_ahead() const noexcept {
  if (life_ == Life::leaving) return true;
  if (life_ != Life::open) return false;
  if (reading_ == nullptr) return !may_take_head();
  return reading_->incoming.mode() == IncomingBody::Mode::held && !reading_->incoming.has_reader();
}

// Reads no further where too much is waiting: the client then meets TCP's own backpressure. Its hang-up is still seen.
void Connection::pause_or_resume() noexcept {
  const bool too_much = input_.size() > server_->options.limits.read_ahead && reading_ahead();
  if ((too_much || paused_ || rearming_) && life_ < Life::leaving && !receive_ended_) [[unlikely]] {
    Loop& loop = server_->loop;
    if (too_much && !paused_) {
      paused_ = true;
      loop.cancel(static_cast<ReceiveOperation&>(*this));
    } else if (too_much && !receiving() && !watching()) {
      watch();
    } else if (!too_much && !receiving()) {
      paused_ = rearming_ = false;
      unwatch();
      loop.submit(static_cast<ReceiveOperation&>(*this));
    }
  }
  set_deadline();
}

// Few connections ever need it, so it is not part of every one. Without memory for it, here or in the kernel, the
// hang-up is heard later.
void Connection::watch() noexcept {
  if (watch_ == nullptr) watch_.reset(new (std::nothrow) Watch{*this});
  if (watch_ == nullptr || watch_->over) return;
  watch_->descriptor = socket();
  watch_->events = PollOperation::hang_up;
  server_->loop.submit(*watch_);
}

void Connection::unwatch() noexcept {
  if (watch_ != nullptr) server_->loop.cancel(*watch_);
}

}  // namespace gyre::http
