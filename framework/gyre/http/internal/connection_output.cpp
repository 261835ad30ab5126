// The way out: buffers and sends.

#include <gyre/http/internal/connection.hpp>

#include <cstring>

namespace gyre::http {

void Connection::write(wire::ResponseHead& head, std::string_view body, const Exchange& exchange) {
  head.common_fields = server_->common_fields.lines(server_->loop);
  Output& out = output(wire::response_head_bound(head) + body.size());
  char* end = wire::write_response_head(head, out.end());
  if (end == nullptr) {
    // A content type with a control character: nothing of that answer may leave.
    constexpr std::string_view plain;
    head.status = Status::internal_server_error;
    head.content_type = plain;
    head.fields = plain;
    head.content_length = 0;
    head.framing = wire::BodyFraming::length;
    body = plain;
    end = wire::write_response_head(head, out.end());
  }
  if (!body.empty()) {
    std::memcpy(end, body.data(), body.size());
    end += body.size();
  }
  written(out, static_cast<std::size_t>(end - out.end()), exchange);
  ++server_->statistics.responses;
}

void Connection::append_output(const Exchange& exchange, std::string_view first, std::string_view second,
                               std::string_view third) {
  const std::size_t size = first.size() + second.size() + third.size();
  if (size == 0) return;
  Output& out = output(size);
  char* end = out.end();
  for (const std::string_view part : {first, second, third}) {
    if (!part.empty()) std::memcpy(end, part.data(), part.size());
    end += part.size();
  }
  written(out, size, exchange);
}

void Connection::written(Output& out, std::size_t bytes, const Exchange& exchange) noexcept {
  out.route = exchange.refusal ? nullptr : &exchange.handler->options();
  out.size += static_cast<std::uint32_t>(bytes);
  output_bytes_ += bytes;
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
  if (file_send_) return;
  if (pending_ == nullptr && !owes()) {
    if (life_ == Life::finishing) linger();
    return;
  }
  sending_ = tls_ == nullptr ? &take_pending() : seal();
  if (sending_ == nullptr) return;
  sending_->descriptor = socket();
  submit_send();
}

Output& Connection::take_pending() noexcept {
  Output& first = *pending_;
  pending_ = first.next;
  if (pending_ == nullptr) pending_last_ = nullptr;
  return first;
}

void Connection::submit_send() noexcept {
  Output& out = *sending_;
  out.parts[0] = as_bytes({out.bytes() + out.sent_before, out.size - out.sent_before});
  out.part_count = 1;
  send_deadline_ = time_after(now(), write_stall(out.route));
  server_->loop.submit(out);
  set_deadline();
}

void Connection::on_sent(Operation& operation, const Completion& completion) noexcept {
  auto& output = static_cast<Output&>(operation);
  Connection& self = *output.connection;
  const bool judging = std::exchange(self.judging_, false);
  const std::uint32_t missing = output.size - output.sent_before;
  if (judging && self.life_ != Life::closing && self.goes_on(output, completion.result)) return;
  const bool whole = completion.result == static_cast<std::int32_t>(missing);
  self.sending_ = nullptr;
  self.output_bytes_ -= output.size;
  self.server_->outputs.give_back(output);
  self.guarded([&] {
    if (!whole) return self.abort();  // what is missing would look like the end
    if (self.life_ == Life::closing) return;
    self.send_next();
    self.exchanges_.for_each([](Exchange& exchange) { exchange.outgoing.wake_writer(); });
    self.consume();
  });
}

/// A send that took long was interrupted. It goes on if the client takes what it must take in that time.
bool Connection::goes_on(Output& output, std::int32_t result) noexcept {
  const auto sent = static_cast<std::uint32_t>(std::max(result, 0));
  if (result < 0 && result != -ECANCELED) return false;
  if (output.sent_before + sent == output.size) return false;  // it was just done
  if (sent < taken_min(output.route)) return false;
  output.sent_before += sent;
  submit_send();
  return true;
}

Duration Connection::write_stall(const RouteOptions* route) const noexcept {
  const Duration usual = server_->options.limits.write_stall;
  return route != nullptr ? route->write_stall.value_or(usual) : usual;
}

std::uint32_t Connection::rate(const RouteOptions* route) const noexcept {
  const std::uint32_t usual = server_->options.limits.rate;
  return route != nullptr ? route->rate.value_or(usual) : usual;
}

/// What a client must have taken in the time of a `write_stall`.
std::uint64_t Connection::taken_min(const RouteOptions* route) const noexcept {
  const std::uint64_t seconds = std::chrono::floor<std::chrono::seconds>(write_stall(route)).count();
  return std::max<std::uint64_t>(1, seconds * rate(route));
}

// --- files, which go past the outputs --------------------------------------------------------------------------------

Exchange& Connection::file_sender() noexcept {
  return *exchanges_.find([](Exchange& each) { return each.outgoing.sending_file(); });
}

void Connection::file_send_began() noexcept {
  file_send_ = true;
  send_deadline_ = time_after(now(), write_stall(&file_sender().handler->options()));
  set_deadline();
}

/// As `goes_on`, but a file's send tells how far it is without being interrupted.
void Connection::judge_file_send() noexcept {
  Exchange& exchange = file_sender();
  const RouteOptions* const route = &exchange.handler->options();
  if (exchange.outgoing.file_progress() < taken_min(route)) return abort();
  send_deadline_ = time_after(now(), write_stall(route));
}

void Connection::file_send_ended() noexcept {
  file_send_ = false;
  if (life_ != Life::closing && sending_ == nullptr) send_next();
  set_deadline();
}

}  // namespace gyre::http
