#include <gyre/http/internal/connection.hpp>

#include <algorithm>

namespace gyre::http {
namespace {

OnDisconnect on_disconnect(const Exchange& exchange) noexcept {
  return exchange.handler->options().on_disconnect.value_or(OnDisconnect::cancel);
}

}  // namespace

Connection::Connection(ServerState& server, int fd) noexcept
    : ReceiveOperation(&Connection::on_receive),
      FlushHook(&Connection::on_flush),
      Timer(&Connection::on_timer),
      Work(&Connection::on_work),
      server_(&server) {
  ReceiveOperation::descriptor = fd;
  place_.take();
}

Connection& Connection::make(ServerState& server, int descriptor) {
  auto* connection = new Connection{server, descriptor};
  server.connections.push_back(*connection);
  server.loop.submit(*connection);
  return *connection;
}

void Connection::open(ServerState& server, int descriptor) {
  Connection& connection = make(server, descriptor);
  ++server.statistics.connections_accepted;
  ++server.statistics.connections_open;
  connection.set_deadline();
}

void Connection::open(ServerState& server, Opened opened) {
  Connection& connection = make(server, opened.descriptor);
  connection.client_ = std::move(opened.client);
  connection.secure_ = opened.secure;
  connection.tls_ = std::move(opened.session);
  connection.guarded([&] {
    if (connection.tls_ != nullptr) return connection.on_ciphertext({});  // what came with the end of the handshake
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

void Connection::on_receive(Operation& operation, const Completion& completion) noexcept {
  auto& self = static_cast<Connection&>(static_cast<ReceiveOperation&>(operation));
  self.guarded([&] { self.on_received(completion); });
}

void Connection::on_received(const Completion& completion) {
  if (completion.result > 0) {
    tls_ == nullptr ? on_bytes(as_text(completion.data)) : on_ciphertext(completion.data);
  } else if (completion.result != -ECANCELED && !receive_ended_) {
    on_end(completion.result < 0 || tls_ != nullptr);  // a TLS connection that just ends was cut off (RFC 8446 6.1)
  }
}

void Connection::on_watch(Operation& operation, const Completion& completion) noexcept {
  Connection& self = *static_cast<Watch&>(operation).connection;
  self.guarded([&] {
    // Whoever is at work for the client need not go on. Without one the end is not heard before what there is to read.
    if (completion.result == -ECANCELED || !self.paused_) return;
    self.watch_->over = true;
    if (completion.result <= 0) return;  // watched anew, it could fail for ever in one turn
    if (self.at_work() && self.server_->options.half_close == HalfClose::gone) self.on_end(false);
  });
}

void Connection::on_flush(FlushHook& hook) noexcept {
  auto& self = static_cast<Connection&>(hook);
  if (self.sending_ == nullptr && self.life_ != Life::closing) self.send_next();
}

void Connection::on_timer(Timer& timer) noexcept {
  auto& self = static_cast<Connection&>(timer);
  if (self.now() < self.deadline_) {  // the deadline has moved on since the timer was armed
    self.server_->loop.arm(self, self.deadline_);
    return;
  }
  self.guarded([&] { self.on_deadline(); });
}

void Connection::on_task_done(TaskObserver& observer) noexcept {
  auto& exchange = static_cast<Exchange&>(observer);
  exchange.task_done = true;
  if (exchange.connection == nullptr) return exchange.orphans->task_done();
  if (exchange.connection->starting_ != &exchange) exchange.connection->schedule_work();
}

void Connection::schedule_work() noexcept {
  if (!std::exchange(work_scheduled_, true)) server_->loop.schedule(*this);
}

void Connection::on_work(Work& work) noexcept {
  auto& self = static_cast<Connection&>(work);
  self.work_scheduled_ = false;
  self.guarded([&] {
    // Anew each time: the end of one may close the connection, and with it release others.
    while (Exchange* ended = self.exchanges_.find([](Exchange& each) { return each.task_done; })) {
      self.task_ended(*ended);
    }
    self.advance();
    self.consume();
  });
}

// --- time ------------------------------------------------------------------------------------------------------------

// Only stores the deadline where the timer is armed for an earlier instant anyway: no timer operation per request.
void Connection::set_deadline() noexcept {
  if (life_ == Life::closing) return;
  if (life_ == Life::open && unused().empty() && between_requests()) [[likely]] {
    phase_deadline_ = time_never;
    if (!silent_) idle_deadline_ = time_after(now(), server_->options.limits.idle);
    deadline_ = sending_ != nullptr ? send_deadline_ : idle_deadline_;
  } else {
    silent_ = false;
    deadline_ = next_deadline();
  }
  if (!Timer::armed() || deadline_ < when()) server_->loop.arm(*this, deadline_);
}

/// While something is going on.
TimePoint Connection::next_deadline() noexcept {
  const Limits& limits = server_->options.limits;
  const bool has_place = exchange_count_ < limits.concurrent_requests;  // else it is not the client that is slow
  const bool waits_for_head = life_ == Life::open && between_requests() && has_place && !unused().empty();
  if (!waits_for_head && life_ == Life::open) {
    phase_deadline_ = time_never;
  } else if (waits_for_head && phase_deadline_ == time_never) {
    phase_deadline_ = time_after(now(), limits.head_read);  // more bytes of the same head do not give it more time
  }
  TimePoint earliest = time_never;
  if (sending_ != nullptr || file_send_) {
    earliest = send_deadline_;  // what arrives meanwhile does not move it
  } else if (life_ == Life::lingering || waits_for_head) {
    earliest = phase_deadline_;
  }
  if (reading_ != nullptr) earliest = std::min(earliest, body_deadline());
  exchanges_.for_each([&](Exchange& exchange) { earliest = std::min(earliest, exchange.deadline); });
  return earliest;
}

TimePoint Connection::body_deadline() const noexcept {
  const Limits& limits = server_->options.limits;
  const RouteOptions& route = reading_->handler->options();
  return reading_->incoming.deadline(route.body_stall.value_or(limits.body_stall), route.rate.value_or(limits.rate),
                                     limits.rate_grace);
}

// Handlers first: what they are answered with may change everything else.
void Connection::on_deadline() {
  if (life_ == Life::closing) {  // and an alert does not leave
    if (sending_ != nullptr) server_->loop.cancel(*sending_);
    return;
  }
  const TimePoint time = now();
  exchanges_.for_each([&](Exchange& exchange) {
    if (exchange.deadline <= time) expire(exchange);
  });
  if (reading_ != nullptr && body_deadline() <= time) {
    Exchange& exchange = *reading_;
    const bool collecting = exchange.stage == Exchange::Stage::collecting;
    exchange.incoming.fail(Status::request_timeout, Errc::timed_out);
    body_progressed(exchange);  // which may have released one that is answered
    if (collecting) collected(exchange);
  }
  advance();
  consume();  // what was held back behind a handler that is late now
  if (sending_ != nullptr || file_send_) {
    if (send_deadline_ > time) return;
    if (file_send_) return judge_file_send();
    judging_ = true;
    send_deadline_ = time_never;
    server_->loop.cancel(*sending_);
  } else if (life_ == Life::lingering) {
    close();
  } else if (life_ == Life::open && phase_deadline_ <= time) {
    refuse(Status::request_timeout);
  } else if (life_ == Life::open && between_requests() && flushed()) {
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
  if (!server_->draining || !flushed()) return;
  const bool idle = between_requests() && unused().empty();
  const bool grace_over = server_->context.cancelled();
  if (idle && tls_ != nullptr && !grace_over) return end_after_output();
  if (idle || (grace_over && !at_work())) close();
}

void Connection::abort() noexcept {
  reset_ = true;
  close();
}

void Connection::end_after_output() noexcept {
  if (life_ != Life::open) return;
  life_ = Life::finishing;
  no_more_ = true;
  input_.clear();
  if (flushed()) linger();
}

// Closing with unread bytes would send a reset, and the reset would overtake the answer. So only our side ends; the
// client's is read to its end, for a while.
void Connection::linger() noexcept {
  if (says_goodbye()) return;
  if (receive_ended_) return close();
  life_ = Life::lingering;
  phase_deadline_ = time_after(now(), server_->options.limits.linger);
  server_->loop.shutdown(socket(), ShutdownSide::send);
}

void Connection::close(CancelReason reason) noexcept {
  if (life_ == Life::closing) return;
  life_ = Life::closing;
  disarm();
  Loop& loop = server_->loop;
  loop.cancel(*this);
  unwatch();
  if (pending_ != nullptr || sending_ != nullptr) reset_ = true;
  if (sending_ != nullptr) loop.cancel(*sending_);
  exchanges_.for_each([&](Exchange& exchange) {
    if (exchange.stage == Exchange::Stage::writing) reset_ = true;
    if (!exchange.task_active) {
      release(exchange);
    } else if (exchange.handler_at_work() && on_disconnect(exchange) != OnDisconnect::cancel) {
      orphan(exchange);
    } else {
      exchange.cancel(reason);
    }
  });
  schedule_work();  // whoever closes from within a task leaves the rest to a later step
}

// The handler runs on without its connection.
void Connection::orphan(Exchange& exchange) noexcept {
  if (reading_ == &exchange) {
    reading_ = nullptr;
    InputBuffer rest;
    try {
      rest = take_input();
    } catch (const std::bad_alloc&) {
      input_.clear();  // then the rest of the body is lost
    }
    exchange.incoming.cut_off(std::move(rest), now());
  }
  static_cast<ListHook<Exchange>&>(exchange).unlink();
  --exchange_count_;
  exchange.connection = nullptr;
  exchange.was_secure = secure_;
  exchange.orphans = &server_->orphans;
  if (on_disconnect(exchange) == OnDisconnect::finish) exchange.place.join(place_);
  server_->orphans.adopt(exchange);
}

// The last thing that every callback does. Returns true if the connection is no more.
bool Connection::settle() noexcept {
  const bool quiet = !receiving() && !watching() && sending_ == nullptr;
  if (life_ == Life::leaving && quiet && flushed()) start_session();
  if (life_ != Life::closing || !quiet || !exchanges_.empty() || work_scheduled_) return false;
  ServerState& server = *server_;
  if (scratch_ != nullptr) server.exchanges.give_back(*scratch_);
  while (pending_ != nullptr) server.outputs.give_back(*std::exchange(pending_, pending_->next));
  if (socket() >= 0) {
    if (reset_) {
      server.loop.reset(socket());
    } else {
      server.loop.close(socket());
    }
  }
  if (place_.leave()) --server.statistics.connections_open;
  delete this;
  server.one_gone();
  return true;
}

// --- another protocol ------------------------------------------------------------------------------------------------

// The 101 is on its way. What reads for us must end before the descriptor can be given away; what it still brings
// belongs to the session.
void Connection::leave() noexcept {
  life_ = Life::leaving;
  no_more_ = true;
  server_->loop.cancel(*this);
  unwatch();
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
    (void)server_->service.failed(exchange.request, std::current_exception());
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
    (void)server_->service.failed(exchange.request, std::current_exception());
  }
  life_ = Life::closing;
  disarm();
  release(exchange);
}

}  // namespace gyre::http
