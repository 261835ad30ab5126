#include <gyre/http/internal/transport.hpp>

#include <gyre/http/internal/server_state.hpp>

namespace gyre::http {

Transport::Transport(ServerState& server, int fd) noexcept
    : ReceiveOperation(&Transport::on_receive),
      FlushHook(&Transport::on_flush),
      Timer(&Transport::on_timer),
      Work(&Transport::on_work_step),
      server_(&server) {
  ReceiveOperation::descriptor = fd;
  place_.take();
}

Transport::~Transport() {
  while (pending_ != nullptr) server_->outputs.give_back(*std::exchange(pending_, pending_->next));
}

void Transport::start() {
  server_->connections.push_back(*this);
  server_->loop.submit(static_cast<ReceiveOperation&>(*this));
}

void Transport::take_over(Opened& opened) noexcept {
  client_ = std::move(opened.client);
  secure_ = opened.secure;
  tls_ = std::move(opened.session);
}

TimePoint Transport::now() const noexcept { return server_->loop.now(); }

Result<SocketAddress> Transport::peer_address() {
  if (socket() < 0) return Errc::closed;  // a session has it
  if (client_ != nullptr) return *client_;
  return server_->loop.peer_address(socket());
}

Result<SocketAddress> Transport::local_address() {
  if (socket() < 0) return Errc::closed;  // a session has it
  return server_->loop.local_address(socket());
}

// --- what the loop tells us ------------------------------------------------------------------------------------------

void Transport::on_receive(Operation& operation, const Completion& completion) noexcept {
  auto& self = static_cast<Transport&>(static_cast<ReceiveOperation&>(operation));
  self.guarded([&] { self.on_received(completion); });
}

void Transport::on_received(const Completion& completion) {
  if (completion.result > 0) {
    tls_ == nullptr ? take(as_text(completion.data)) : on_ciphertext(completion.data);
  } else if (completion.result != -ECANCELED && !receive_ended_) {
    receive_ended_ = true;
    on_end(completion.result < 0 || tls_ != nullptr);  // a TLS connection that just ends was cut off (RFC 8446 6.1)
  }
}

void Transport::take(std::string_view data) {
  if (life_ == Life::finishing || life_ == Life::lingering || life_ == Life::closing) return;
  on_bytes(data);
}

void Transport::on_flush(FlushHook& hook) noexcept {
  auto& self = static_cast<Transport&>(hook);
  if (self.sending_ == nullptr && self.life_ != Life::closing) self.send_next();
}

void Transport::on_timer(Timer& timer) noexcept {
  auto& self = static_cast<Transport&>(timer);
  if (self.now() < self.deadline_) {  // the deadline has moved on since the timer was armed
    self.server_->loop.arm(self, self.deadline_);
    return;
  }
  self.guarded([&] {
    if (self.life_ == Life::closing) {  // and an alert does not leave
      if (self.sending_ != nullptr) self.server_->loop.cancel(*self.sending_);
    } else {
      self.on_deadline();
    }
  });
}

void Transport::arm_timer() noexcept {
  if (!Timer::armed() || deadline_ < when()) server_->loop.arm(*this, deadline_);
}

void Transport::schedule_work() noexcept {
  if (!std::exchange(work_scheduled_, true)) server_->loop.schedule(*this);
}

void Transport::on_work_step(Work& work) noexcept {
  auto& self = static_cast<Transport&>(work);
  self.work_scheduled_ = false;
  self.guarded([&] { self.on_work(); });
}

// --- ending ----------------------------------------------------------------------------------------------------------

void Transport::abort() noexcept {
  reset_ = true;
  close();
}

void Transport::finish_output() noexcept {
  if (life_ != Life::open) return;
  life_ = Life::finishing;
  if (all_sent() && !bypassed_) linger();
}

// Closing with unread bytes would send a reset, and the reset would overtake the answer. So only our side ends; the
// client's is read to its end, for a while.
void Transport::linger() noexcept {
  if (says_goodbye()) return;
  if (receive_ended_) return close();
  life_ = Life::lingering;
  send_deadline_ = time_after(now(), server_->options.limits.linger);
  server_->loop.shutdown(socket(), ShutdownSide::send);
}

void Transport::close(CancelReason reason) noexcept {
  if (life_ == Life::closing) return;
  life_ = Life::closing;
  disarm();
  server_->loop.cancel(static_cast<ReceiveOperation&>(*this));
  if (pending_ != nullptr || sending_ != nullptr) reset_ = true;
  if (sending_ != nullptr) server_->loop.cancel(*sending_);
  on_close(reason);
  schedule_work();  // whoever closes from within a task leaves the rest to a later step
}

void Transport::end_if_quiet() noexcept {
  const bool quiet = !receiving() && sending_ == nullptr;
  if (life_ == Life::leaving && quiet && all_sent()) hand_over();
  if (life_ != Life::closing || !quiet || work_scheduled_ || !at_rest()) return;
  ServerState& server = *server_;
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
}

}  // namespace gyre::http
