#include <gyre/http/internal/connection.hpp>

#include <algorithm>

namespace gyre::http {

Connection::Connection(ServerState& server, int fd) noexcept
    : ReceiveOperation(&Connection::on_receive),
      FlushHook(&Connection::on_flush),
      Timer(&Connection::on_timer),
      Work(&Connection::on_answer),
      server_(&server) {
  ReceiveOperation::descriptor = fd;
}

void Connection::open(ServerState& server, int descriptor) {
  auto* connection = new Connection{server, descriptor};
  server.connections.push_back(*connection);
  ++server.statistics.connections_accepted;
  ++server.statistics.connections_open;
  server.loop.submit(*connection);
  connection->set_deadline();
}

// --- what the loop tells us ------------------------------------------------------------------------------------------

void Connection::on_receive(Operation& operation, const Completion& completion) noexcept {
  auto& self = static_cast<Connection&>(static_cast<ReceiveOperation&>(operation));
  try {
    if (completion.result > 0) {
      self.on_bytes(as_text(completion.data));
    } else if (completion.result == -ECANCELED) {
      self.pause_or_resume();
    } else {
      self.on_end();
    }
  } catch (const std::bad_alloc&) {
    self.close();  // no memory for what it sent: this connection goes, the others stay
  }
  self.settle();
}

void Connection::on_watch(Operation& operation, const Completion& completion) noexcept {
  Connection& self = *static_cast<Watch&>(operation).connection;
  if (completion.result > 0) self.on_end();
  self.pause_or_resume();
  self.settle();
}

void Connection::on_flush(FlushHook& hook) noexcept {
  auto& self = static_cast<Connection&>(hook);
  if (self.sending_ == nullptr && self.phase_ != Phase::closing) self.send_next();
}

void Connection::on_sent(Operation& operation, const Completion& completion) noexcept {
  auto& output = static_cast<Output&>(operation);
  Connection& self = *output.connection;
  const bool whole = completion.result == static_cast<std::int32_t>(output.size);
  self.sending_ = nullptr;
  self.output_bytes_ -= output.size;
  self.server_->outputs.give_back(output);
  if (!whole) {
    self.abort(CancelReason::client_gone);
  } else if (self.phase_ != Phase::closing) {
    self.send_next();
    try {
      if (self.phase_ <= Phase::body && !self.input_.empty() && !self.stalled()) self.consume_input();
    } catch (const std::bad_alloc&) {
      self.close();
    }
    self.pause_or_resume();
  }
  self.settle();
}

void Connection::on_timer(Timer& timer) noexcept {
  auto& self = static_cast<Connection&>(timer);
  Loop& loop = self.server_->loop;
  if (loop.now() < self.deadline_) {  // the deadline has moved on since the timer was armed
    loop.arm(self, self.deadline_);
    return;
  }
  const bool in_request = self.phase_ == Phase::body || (self.phase_ == Phase::head && !self.input_.empty());
  if (in_request && self.sending_ == nullptr) {
    self.refuse(Status::request_timeout);
  } else {
    self.close();
  }
  self.settle();
}

void Connection::on_task_done(TaskObserver& observer) noexcept {
  Connection& self = *static_cast<Exchange&>(observer).connection;
  self.task_done_ = true;
  if (!self.in_handler_) self.server_->loop.schedule(self);
}

void Connection::on_answer(Work& work) noexcept {
  auto& self = static_cast<Connection&>(work);
  try {
    self.finish_exchange();
    if (self.phase_ == Phase::head) self.consume_input();
  } catch (const std::bad_alloc&) {
    self.close();
  }
  self.pause_or_resume();
  self.settle();
}

// --- reading ---------------------------------------------------------------------------------------------------------

bool Connection::stalled() const noexcept { return output_bytes_ > server_->options.limits.output; }

void Connection::on_bytes(std::string_view data) {
  if (phase_ >= Phase::finishing) return;  // what comes after the last answer is read only to be thrown away
  if (input_.empty() && phase_ != Phase::handling && !stalled()) {
    data.remove_prefix(consume(data));
    if (!data.empty() && phase_ < Phase::finishing) keep(data);
  } else {
    keep(data);
    if (phase_ != Phase::handling && !stalled()) consume_input();
  }
  pause_or_resume();
}

void Connection::on_end() noexcept {
  receive_ended_ = true;
  if (phase_ == Phase::handling) {
    abort(CancelReason::client_gone);
  } else if (pending_ == nullptr && sending_ == nullptr) {
    close();
  } else if (phase_ != Phase::lingering) {
    phase_ = Phase::finishing;  // the answers that are written still go out: the client may only have ended its side
  }
}

void Connection::keep(std::string_view data) { input_.append(data); }

void Connection::consume_input() {
  const std::size_t used = consume(input_.view());
  input_.drop(phase_ >= Phase::finishing ? input_.size() : used);
}

std::size_t Connection::consume(std::string_view data) {
  std::size_t used = 0;
  while (used < data.size() && phase_ <= Phase::body && !stalled()) {
    const std::string_view rest = data.substr(used);
    const std::size_t count = phase_ == Phase::body ? take_body(rest) : take_head(rest);
    if (count == 0) break;  // an incomplete head
    used += count;
  }
  return used;
}

std::size_t Connection::take_head(std::string_view data) {
  if (exchange_ == nullptr) exchange_ = &server_->exchanges.take(*this);
  const wire::HeadOutcome outcome =
      wire::parse_request_head(data, server_->options.limits.head, exchange_->head, progress_);
  if (outcome.state == wire::HeadState::complete) [[likely]] {
    progress_ = {};
    head_deadline_ = time_never;
    return begin(data);
  }
  release_exchange();
  if (outcome.state == wire::HeadState::incomplete) return 0;
  refuse(outcome.status());
  return data.size();
}

// A head is complete. Returns how many bytes the request took: its head and what there is of its body.
std::size_t Connection::begin(std::string_view data) {
  Exchange& exchange = *exchange_;
  const wire::RequestHead& head = exchange.head;
  ++server_->statistics.requests;
  exchange.handler = &server_->service.find(exchange.request);
  const std::string_view head_bytes = data.substr(0, head.head_size());
  if (!head.has_body()) {
    handle(head_bytes);
    return head_bytes.size();
  }
  // Chunked bodies are not decoded yet: asking for a length is the answer that RFC 9110 15.5.12 has for that.
  if (head.chunked()) return refuse(Status::length_required), data.size();
  const std::uint64_t length = *head.content_length();
  if (length > server_->options.limits.body) return refuse(Status::content_too_large), data.size();
  const std::string_view arrived = data.substr(head_bytes.size(), static_cast<std::size_t>(length));
  if (arrived.size() == length) {
    exchange.request.set_body(arrived);
    handle(head_bytes);
    return head_bytes.size() + arrived.size();
  }
  if (head.expect_continue() && arrived.empty()) {
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    Output& out = output(go_on.size());
    std::copy(go_on.begin(), go_on.end(), out.end());
    out.size += static_cast<std::uint32_t>(go_on.size());
    output_bytes_ += go_on.size();
  }
  exchange.keep_head(head_bytes);
  exchange.body = static_cast<char*>(exchange.arena.allocate(static_cast<std::size_t>(length), 1));
  exchange.body_size = static_cast<std::size_t>(length);
  exchange.body_filled = 0;
  phase_ = Phase::body;
  return head_bytes.size() + (arrived.empty() ? 0 : take_body(arrived));
}

std::size_t Connection::take_body(std::string_view data) {
  Exchange& exchange = *exchange_;
  const std::size_t count = std::min(data.size(), exchange.body_size - exchange.body_filled);
  std::copy_n(data.data(), count, exchange.body + exchange.body_filled);
  exchange.body_filled += count;
  if (exchange.body_filled == exchange.body_size) {
    exchange.request.set_body({exchange.body, exchange.body_size});
    phase_ = Phase::head;
    handle({});
  }
  return count;
}

// Reads no further where too much is waiting: the client then meets TCP's own backpressure. Its hang-up is still seen.
void Connection::pause_or_resume() noexcept {
  if (phase_ >= Phase::finishing || receive_ended_) {
    // Up to the end the receive goes on, to see it; an ended one has nothing to resume.
    if (phase_ < Phase::closing && !receive_ended_ && paused_ && !receiving()) {
      paused_ = false;
      server_->loop.cancel(watch_);
      server_->loop.submit(*this);
    }
    return set_deadline();
  }
  const bool blocked = phase_ == Phase::handling || stalled();
  const bool too_much = blocked && input_.size() > server_->options.limits.read_ahead;
  if (too_much && !paused_) {
    paused_ = true;
    server_->loop.cancel(*this);
  } else if (too_much && !receiving() && !watch_.armed()) {
    watch_.descriptor = descriptor;
    watch_.events = PollOperation::hang_up;
    server_->loop.submit(watch_);
  } else if (!too_much && paused_ && !receiving()) {
    paused_ = false;
    server_->loop.cancel(watch_);
    server_->loop.submit(*this);
  }
  set_deadline();
}

// --- ending ----------------------------------------------------------------------------------------------------------

void Connection::drain() noexcept {
  const bool idle = phase_ == Phase::head && input_.empty() && pending_ == nullptr && sending_ == nullptr;
  if (idle) close();
  settle();
}

void Connection::cut() noexcept {
  if (phase_ != Phase::handling) close();
  settle();
}

void Connection::abort(CancelReason reason) noexcept {
  if (phase_ == Phase::handling && exchange_->context) exchange_->context->cancel(reason);
  close();
}

void Connection::end_after_output() noexcept {
  phase_ = Phase::finishing;
  if (pending_ == nullptr && sending_ == nullptr) linger();
}

// Closing with unread bytes would send a reset, and the reset would overtake the answer. So only our side ends; the
// client's is read to its end, for a while.
void Connection::linger() noexcept {
  if (receive_ended_) return close();
  phase_ = Phase::lingering;
  server_->loop.shutdown(descriptor, ShutdownSide::send);
  set_deadline();
}

void Connection::close() noexcept {
  if (phase_ == Phase::closing) return;
  const bool handling = phase_ == Phase::handling;
  phase_ = Phase::closing;
  disarm();
  Loop& loop = server_->loop;
  loop.cancel(*this);
  loop.cancel(watch_);
  if (sending_ != nullptr) loop.cancel(*sending_);
  if (handling) {
    if (exchange_->context) exchange_->context->cancel(CancelReason::client_gone);
  } else {
    release_exchange();
  }
}

// The last thing that every callback does. Returns true if the connection is no more.
bool Connection::settle() noexcept {
  if (phase_ != Phase::closing || receiving() || watch_.armed() || sending_ != nullptr || exchange_ != nullptr)
    return false;
  ServerState& server = *server_;
  while (pending_ != nullptr) server.outputs.give_back(*std::exchange(pending_, pending_->next));
  server.loop.close(descriptor);
  --server.statistics.connections_open;
  delete this;
  if (server.connections.empty()) server.all_gone();
  return true;
}

void Connection::release_exchange() noexcept {
  if (exchange_ != nullptr) server_->exchanges.give_back(*std::exchange(exchange_, nullptr));
}

// Only stores the deadline where the timer is armed for an earlier instant anyway: no timer operation per request.
void Connection::set_deadline() noexcept {
  const Limits& limits = server_->options.limits;
  Duration length = Duration::max();
  switch (phase_) {
    case Phase::head: length = limits.idle; break;
    case Phase::body: length = limits.body_stall; break;
    case Phase::lingering: length = limits.linger; break;
    case Phase::handling:
    case Phase::finishing: break;
    case Phase::closing: return;
  }
  const TimePoint now = server_->loop.now();
  deadline_ = time_after(now, length);
  if (phase_ == Phase::head && !input_.empty()) {
    // More bytes of the same head do not give it more time.
    if (head_deadline_ == time_never) head_deadline_ = time_after(now, limits.head_read);
    deadline_ = head_deadline_;
  } else {
    head_deadline_ = time_never;
  }
  if (sending_ != nullptr) deadline_ = send_deadline_;  // what arrives meanwhile does not move it
  if (!Timer::armed() || deadline_ < when()) server_->loop.arm(*this, deadline_);
}

}  // namespace gyre::http
