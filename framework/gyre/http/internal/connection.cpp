#include <gyre/http/internal/connection.hpp>

#include <gyre/http/internal/h2_connection.hpp>

#include <algorithm>

namespace gyre::http {

Connection::Connection(ServerState& server, int fd) noexcept : Carrier(server, fd) {}

Connection::~Connection() {
  if (scratch_ != nullptr) server_->exchanges.give_back(*scratch_);
}

Connection& Connection::make(ServerState& server, int descriptor) {
  auto* connection = new Connection{server, descriptor};
  connection->start();
  return *connection;
}

void Connection::open(ServerState& server, int descriptor) {
  Connection& connection = make(server, descriptor);
  ++server.statistics.connections_accepted;
  ++server.statistics.connections_open;
  connection.set_deadline();
}

namespace {

bool speaks_h2(const Opened& opened) { return opened.session != nullptr && opened.session->info().alpn == "h2"; }

}  // namespace

void Connection::open(ServerState& server, Opened opened) {
  if (speaks_h2(opened)) return H2Connection::open(server, opened);
  Connection& connection = make(server, opened.descriptor);
  connection.take_over(opened);
  connection.guarded([&] {
    if (connection.tls() != nullptr) return connection.on_ciphertext({});  // what came with the end of the handshake
    if (!opened.input.empty()) connection.on_bytes(opened.input.view());
  });
}

void Connection::open_encrypted(ServerState& server, Stream& stream) {
  Opened opened;
  opened.descriptor = stream.descriptor();
  opened.session = stream.take_session();
  opened.secure = true;
  ++server.statistics.connections_accepted;
  ++server.statistics.connections_open;
  try {
    open(server, std::move(opened));
  } catch (const std::bad_alloc&) {
    --server.statistics.connections_open;
    throw;
  }
  (void)stream.release();
}

void Connection::turn_away(ServerState& server, int descriptor) {
  Connection& connection = make(server, descriptor);
  ++server.statistics.connections_accepted;
  ++server.statistics.connections_open;
  ++server.statistics.connections_refused;
  connection.guarded([&] { connection.refuse(Status::service_unavailable); });
}

// --- what the loop tells us ------------------------------------------------------------------------------------------

void Connection::on_watch(Operation& operation, const Completion& completion) noexcept {
  Connection& self = *static_cast<Watch&>(operation).connection;
  self.guarded([&] {
    // Whoever is at work for the client need not go on. Without one the end is not heard before what there is to read.
    if (completion.result == -ECANCELED || !self.paused_) return;
    self.watch_->over = true;
    if (completion.result <= 0) return;  // watched anew, it could fail for ever in one turn
    if (!self.at_work() || self.server_->options.half_close != HalfClose::gone) return;
    self.receive_ended_ = true;
    self.on_end(false);
  });
}

void Connection::on_work() {
  // Anew each time: the end of one may close the connection, and with it release others.
  while (Exchange* ended = exchanges_.find([](Exchange& each) { return each.task_done; })) task_ended(*ended);
  advance();
  consume();
}

void Connection::on_room() {
  exchanges_.for_each([](Exchange& exchange) { exchange.outgoing.wake_writer(); });
  consume();
}

void Connection::after_step() noexcept {
  pause_or_resume();
  if (server_->draining || receive_ended_) [[unlikely]]
    retire();
}

void Connection::out_of_memory() noexcept {
  if (input_.lent()) input_.clear();  // what a task still at work reads must not be the loop's
  close();
}

// --- time ------------------------------------------------------------------------------------------------------------

// Only stores the deadline where the timer is armed for an earlier instant anyway: no timer operation per request.
void Connection::set_deadline() noexcept {
  if (life_ == Life::closing) return;
  if (life_ == Life::open && unused().empty() && between_requests()) [[likely]] {
    head_deadline_ = time_never;
    if (!silent_) idle_deadline_ = time_after(now(), server_->options.limits.idle);
    deadline_ = sending_ != nullptr ? send_deadline_ : idle_deadline_;
  } else {
    silent_ = false;
    deadline_ = next_deadline();
  }
  arm_timer();
}

/// While something is going on.
TimePoint Connection::next_deadline() noexcept {
  const Limits& limits = server_->options.limits;
  const bool has_place = exchange_count_ < limits.concurrent_requests;  // else it is not the client that is slow
  const bool waits_for_head = life_ == Life::open && between_requests() && has_place && !unused().empty();
  if (!waits_for_head && life_ == Life::open) {
    head_deadline_ = time_never;
  } else if (waits_for_head && head_deadline_ == time_never) {
    head_deadline_ = time_after(now(), limits.head_read);  // more bytes of the same head do not give it more time
  }
  TimePoint earliest = time_never;
  if (sending_ != nullptr || bypassed_) {
    earliest = send_deadline_;  // what arrives meanwhile does not move it
  } else if (life_ == Life::lingering) {
    earliest = send_deadline_;
  } else if (waits_for_head) {
    earliest = head_deadline_;
  }
  if (reading_ != nullptr) earliest = std::min(earliest, body_deadline(*reading_));
  exchanges_.for_each([&](Exchange& exchange) { earliest = std::min(earliest, exchange.deadline); });
  return earliest;
}

// Handlers first: what they are answered with may change everything else.
void Connection::on_deadline() {
  const TimePoint time = now();
  exchanges_.for_each([&](Exchange& exchange) {
    if (exchange.deadline <= time) expire(exchange);
  });
  if (reading_ != nullptr && body_deadline(*reading_) <= time) {
    Exchange& exchange = *reading_;
    const bool collecting = exchange.stage == Exchange::Stage::collecting;
    exchange.incoming.fail(Status::request_timeout, Errc::timed_out);
    body_progressed(exchange);  // which may have released one that is answered
    if (collecting) collected(exchange);
  }
  advance();
  consume();  // what was held back behind a handler that is late now
  if (sending_ != nullptr || bypassed_) {
    if (send_deadline_ > time) return;
    if (bypassed_) return judge_file_send();
    judge_send();
  } else if (life_ == Life::lingering) {
    close();
  } else if (life_ == Life::open && head_deadline_ <= time) {
    refuse(Status::request_timeout);
  } else if (life_ == Life::open && between_requests() && all_sent()) {
    // Idle. The socket is ours until a late handler has ended, and a TLS client hears of it.
    exchanges_.empty() && tls_ == nullptr ? close() : end_after_output();
  }
}

// --- ending ----------------------------------------------------------------------------------------------------------

void Connection::drain() noexcept {
  retire();
  settle();
}

void Connection::cut() noexcept {
  if (!at_work()) close();
  settle();
}

// Asked after every step while the server stops, or once the client has ended its side.
void Connection::retire() noexcept {
  if (life_ != Life::open) return;
  if (receive_ended_ && between_requests() && !stalled()) return end_after_output();  // all that came is answered
  if (!server_->draining || !all_sent()) return;
  const bool idle = between_requests() && unused().empty();
  const bool grace_over = server_->context.cancelled();
  if (idle && tls_ != nullptr && !grace_over) return end_after_output();
  if (idle || (grace_over && !at_work())) close();
}

void Connection::end_after_output() noexcept {
  if (life_ != Life::open) return;
  no_more_ = true;
  input_.clear();
  finish_output();
}

void Connection::on_close(CancelReason reason) noexcept {
  unwatch();
  exchanges_.for_each([&](Exchange& exchange) {
    if (exchange.stage == Exchange::Stage::writing) reset_ = true;
    lose_client(exchange, reason);
  });
}

void Connection::detach(Exchange& exchange) noexcept {
  if (reading_ == &exchange) {
    reading_ = nullptr;
    InputBuffer rest;
    try {
      rest = take_input(exchange);
    } catch (const std::bad_alloc&) {
      input_.clear();  // then the rest of the body is lost
    }
    exchange.incoming.cut_off(std::move(rest), now());
  }
  static_cast<ListHook<Exchange>&>(exchange).unlink();
  --exchange_count_;
}

void Connection::release(Exchange& exchange) noexcept {
  static_cast<ListHook<Exchange>&>(exchange).unlink();
  --exchange_count_;
  if (reading_ == &exchange) reading_ = nullptr;
  lift_barrier();
  exchange.recycle(*server_);
}

// --- another protocol ------------------------------------------------------------------------------------------------

// The 101 is on its way. What reads for us must end before the descriptor can be given away; what it still brings
// belongs to the session.
void Connection::leave() noexcept {
  life_ = Life::leaving;
  no_more_ = true;
  server_->loop.cancel(static_cast<ReceiveOperation&>(*this));
  unwatch();
}

void Connection::hand_over() noexcept {
  if (watching()) return;
  fresh_ ? become_h2() : start_session();
}

void Connection::become_h2() noexcept {
  try {
    Opened opened;
    opened.descriptor = socket();
    opened.input = std::move(input_);
    opened.client = std::move(client_);
    opened.secure = secure_;
    H2Connection::open(*server_, opened);
    ++server_->statistics.connections_open;  // and one less when this has gone
    ReceiveOperation::descriptor = -1;
  } catch (const std::bad_alloc&) {
    // It ends here, the others stay.
  }
  close();
}

void Connection::start_session() {
  Exchange& exchange = exchanges_.back();  // before it there may be handlers that came too late
  life_ = Life::session;
  disarm();
  Stream stream{server_->loop, std::exchange(ReceiveOperation::descriptor, -1)};
  exchange.stage = Exchange::Stage::session;
  exchange.task_active = true;
  try {
    if (tls_ != nullptr) stream.encrypt(std::move(tls_));
    std::string early{input_.view()};
    input_.clear();
    exchange.body_task = exchange.response.run_session(std::move(stream), std::move(early));
  } catch (...) {
    tell_failure(exchange);
    exchange.task_active = false;
    return close();
  }
  Context& context = exchange.enter(server_->context);
  const RunningLabel running{server_->loop, context.label()};
  exchange.body_task.start(context, exchange);
}

void Connection::session_ended(Exchange& exchange) noexcept {
  try {
    exchange.body_task.result();
  } catch (const Cancelled&) {
  } catch (...) {
    tell_failure(exchange);
  }
  life_ = Life::closing;
  disarm();
  release(exchange);
}

}  // namespace gyre::http
