// The life of an HTTP/2 connection: bytes in and out, time, the end.

#include <gyre/http/internal/h2_connection.hpp>

#include <algorithm>

namespace gyre::http {

H2Connection::H2Connection(ServerState& server, int fd) noexcept : Carrier(server, fd) { writes_late_ = true; }

H2Connection::~H2Connection() = default;

void H2Connection::open(ServerState& server, Opened& opened) {
  auto* connection = new H2Connection{server, opened.descriptor};
  try {
    const wire::H2Session::Options options{.limits = server.options.limits.h2, .heads = server.options.limits.head};
    connection->session_ = wire::H2Session::server(options, *connection, server.h2_heads, connection->now());
  } catch (...) {
    delete connection;
    throw;
  }
  connection->take_over(opened);
  connection->start();
  connection->idle_deadline_ = time_after(connection->now(), server.options.limits.idle);
  ++server.statistics.h2_connections;
  connection->early_ = std::move(opened.input);
  connection->schedule_work();  // a step of its own: the session of another connection may be at work
  connection->set_deadline();
}

/// What came with the end of the handshake, or in front of the preface's. It is not waited for where something comes
/// behind it, in the same turn.
void H2Connection::begin_reading() {
  if (std::exchange(begun_, true) || life_ != Life::open) return;
  if (tls_ != nullptr) {
    on_ciphertext({});
  } else if (!early_.empty()) {
    const InputBuffer early = std::move(early_);
    on_bytes(early.view());
  }
  if (server_->draining && life_ == Life::open) announce_leave();
}

// --- bytes -----------------------------------------------------------------------------------------------------------

void H2Connection::on_bytes(std::string_view data) {
  if (!early_.empty()) begin_reading();  // this has overtaken the step that it was left to
  if (life_ != Life::open) return;
  if (!session_->receive(data, now())) return give_up(session_->error(), limit_exceeded());
  // More bytes of a head do not give it more time; another head has its own.
  if (const std::uint64_t head = session_->head_under_way(); head != head_) {
    head_ = head;
    head_deadline_ = head != 0 ? time_after(now(), server_->options.limits.head_read) : time_never;
  }
  begin_waiting();
}

/// The codec's; empty without.
std::string_view H2Connection::limit_exceeded() const noexcept {
  const wire::H2Limit limit = session_->exceeded();
  return limit == wire::H2Limit::none ? std::string_view() : wire::name(limit);
}

/// The connection is over by what the client has done, or not done. A GOAWAY says why. `limit`: what it went beyond.
void H2Connection::give_up(wire::H2Error error, std::string_view limit) noexcept {
  if (life_ != Life::open) return;
  if (!limit.empty()) {
    ++server_->statistics.h2_limits_exceeded;
    if (server_->on_limit) server_->on_limit(limit);
  }
  session_->terminate(error);
  exchanges_.for_each([&](Exchange& exchange) { lose_stream(own(exchange), CancelReason::client_gone); });
  end();
}

// A client that has ended its side cannot open its windows any more. It may still wait for what fits, and for what is
// written already (`retire`).
void H2Connection::on_end(bool broken) {
  if (!early_.empty()) begin_reading();
  const bool gone = broken || server_->options.half_close == HalfClose::gone;
  if (life_ == Life::lingering || (gone && at_work())) return close();
  exchanges_.for_each([&](Exchange& exchange) { body_cut_off(own(exchange)); });
}

void H2Connection::write_late() {
  if (life_ != Life::open && life_ != Life::finishing) return;
  constexpr std::size_t usual = 16'000;
  constexpr std::size_t large = 64 * 1024;
  // What has a connection to itself goes out at the rate of its route.
  const RouteOptions* const route = exchange_count_ == 1 ? route_of(exchanges_.front()) : nullptr;
  while (session_->wants_send() && output_bytes_ < large) {
    Output& out = server_->outputs.take(*this, unsent_bytes_ > usual ? large : usual);
    std::size_t size = 0;
    framing_until_ = framed_bytes_ + out.left();
    try {
      size = session_->send({out.bytes(), out.left()});
    } catch (...) {
      server_->outputs.give_back(out);
      throw;
    }
    if (size == 0) {
      server_->outputs.give_back(out);
      // What was to be said is needless by now, and that was all: no send comes that would notice.
      if (session_->finished()) schedule_work();
      return;
    }
    append(out, size);
    framed_bytes_ += size;
    out.route = route;
  }
}

void H2Connection::on_room() {
  if (answered_ && idle() && all_sent()) {
    answered_ = false;
    idle_deadline_ = time_after(now(), server_->options.limits.idle);
  }
  exchanges_.for_each([](Exchange& exchange) { exchange.outgoing.wake_writer(); });
  begin_waiting();
}

void H2Connection::on_work() {
  begin_reading();
  // Anew each time: the end of one may release others.
  while (Exchange* ended = exchanges_.find([](Exchange& each) { return each.task_done; })) task_ended(*ended);
  begin_waiting();
}

void H2Connection::after_step() noexcept {
  begun_in_step_ = taken_back_in_step_ = 0;
  if (waiting_ != 0 && !has_enough() && life_ == Life::open) schedule_work();
  if (life_ == Life::open) {
    // What the codec has found wrong may show only once its GOAWAY is written.
    if (session_->error() != wire::H2Error::no_error) give_up(session_->error(), limit_exceeded());
    if (session_->finished() && session_->open_streams() != 0) abort();
    if (receive_ended_) [[unlikely]]
      drop_stuck();
    retire();
  }
  const bool writes = life_ == Life::open || life_ == Life::finishing;
  if (writes && session_->wants_send()) send_soon();
  set_deadline();
}

// --- time ------------------------------------------------------------------------------------------------------------

TimePoint H2Connection::deadline_of(H2Exchange& exchange) const noexcept {
  TimePoint earliest = std::min(exchange.deadline, exchange.send_deadline);
  if (exchange.body_pending) earliest = std::min(earliest, body_deadline(exchange));
  return earliest;
}

void H2Connection::set_deadline() noexcept {
  if (life_ == Life::closing) return;
  TimePoint earliest = sending_ != nullptr || life_ == Life::lingering ? send_deadline_ : time_never;
  if (idle() && life_ == Life::open && sending_ == nullptr) earliest = std::min(earliest, idle_deadline_);
  exchanges_.for_each([&](Exchange& exchange) { earliest = std::min(earliest, deadline_of(own(exchange))); });
  deadline_ = std::min({earliest, leave_deadline_, head_deadline_});
  arm_timer();
}

// Handlers first: what they are answered with may change everything else.
void H2Connection::on_deadline() {
  const TimePoint time = now();
  exchanges_.for_each([&](Exchange& exchange) {
    if (exchange.deadline <= time) expire(exchange);
  });
  exchanges_.for_each([&](Exchange& exchange) { expire_parts(own(exchange), time); });
  if (leave_deadline_ <= time) {
    leave_deadline_ = time_never;
    session_->goaway();
  }
  if (head_deadline_ <= time) {
    head_deadline_ = time_never;
    give_up(wire::H2Error::enhance_your_calm, "time for a head");
  }
  begin_waiting();
  if (life_ == Life::lingering) {
    if (send_deadline_ <= time) close();
  } else if (sending_ != nullptr) {
    if (send_deadline_ <= time) judge_send();
  } else if (idle() && idle_deadline_ <= time && life_ == Life::open) {
    idle_deadline_ = time_never;
    session_->goaway();
    end();  // even if the codec waits for the rest of a stream that we do not know
  }
}

/// What else there is of a stream that has a time to keep to.
void H2Connection::expire_parts(H2Exchange& exchange, TimePoint time) {
  if (exchange.body_pending && body_deadline(exchange) <= time) {
    fail_body(exchange, Status::request_timeout, Errc::timed_out);
  }
  if (exchange.send_deadline <= time && !takes_enough(exchange)) {
    reset(exchange, wire::H2Error::cancel);
    lose_stream(exchange, CancelReason::client_gone);
  }
}

// --- the end ---------------------------------------------------------------------------------------------------------

/// For the client, that is: nobody waits for what is late, or was taken back.
bool H2Connection::at_work() noexcept {
  const auto is_wanted = [](Exchange& exchange) {
    return exchange.task_active && !exchange.late && own(exchange).open;
  };
  return exchanges_.find(is_wanted) != nullptr;
}

/// A client that has ended its side opens no window any more: what does not fit will never go out.
void H2Connection::drop_stuck() noexcept {
  const std::size_t unsent_before = unsent_bytes_;
  exchanges_.for_each([&](Exchange& exchange) {
    H2Exchange& stream = own(exchange);
    if (!stream.open || stream.unsent() == 0 || session_->window(stream.id) != 0) return;
    reset(stream, wire::H2Error::cancel);
    lose_stream(stream, CancelReason::client_gone);
  });
  if (waiting_ != 0 && unsent_bytes_ != unsent_before) schedule_work();
}

void H2Connection::drain() noexcept {
  if (life_ != Life::open || !begun_) return;
  guarded([&] { idle() ? session_->goaway() : announce_leave(); });
}

// What is on its way to us is still served: only then comes the GOAWAY that draws the line (RFC 9113 6.8).
void H2Connection::announce_leave() noexcept {
  constexpr std::chrono::milliseconds on_its_way{100};
  session_->announce_goaway();
  leave_deadline_ = time_after(now(), on_its_way);
}

void H2Connection::cut() noexcept {
  guarded([&] {
    if (!at_work()) return close();
    leave_deadline_ = time_never;
    session_->goaway();
  });
}

// Ends a connection that has nothing more to do for the client, and nothing more to expect. A handler whose answer is
// out, or not wanted, may still be at work.
void H2Connection::retire() noexcept {
  if (life_ != Life::open) return;
  if ((session_->finished() || receive_ended_) && idle()) return end();
  const bool grace_over = server_->context.cancelled() && !exchanges_.empty();
  if (grace_over && !at_work() && all_sent() && !session_->wants_send()) {
    close();  // the client does not take what there is
  }
}

// The last frames are written before our side ends behind what is written.
void H2Connection::end() noexcept {
  if (write_late_now()) send_soon();
  finish_output();
}

void H2Connection::on_close(CancelReason reason) noexcept {
  exchanges_.for_each([&](Exchange& exchange) { lose_stream(own(exchange), reason); });
}

}  // namespace gyre::http
