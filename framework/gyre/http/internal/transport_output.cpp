// The way out: buffers and sends.

#include <gyre/http/internal/server_state.hpp>
#include <gyre/http/internal/transport.hpp>

#include <algorithm>

namespace gyre::http {

void Transport::written(Output& out, std::size_t bytes, const RouteOptions* route) noexcept {
  out.route = route;
  out.size += static_cast<std::uint32_t>(bytes);
  output_bytes_ += bytes;
}

// The buffer to write `bytes` into: the last pending one if there is room, so that all answers of a turn leave
// together.
Output& Transport::output(std::size_t bytes) {
  if (pending_last_ != nullptr && pending_last_->left() >= bytes) return *pending_last_;
  Output& fresh = server_->outputs.take(*this, bytes);
  append(fresh, 0);
  send_soon();
  return fresh;
}

void Transport::append(Output& out, std::size_t bytes) noexcept {
  if (pending_ == nullptr) {
    pending_ = &out;
  } else {
    pending_last_->next = &out;
  }
  pending_last_ = &out;
  written(out, bytes, nullptr);
}

void Transport::send_soon() noexcept { server_->loop.flush_later(*this); }

bool Transport::write_late_now() noexcept {
  try {
    write_late();
  } catch (const std::bad_alloc&) {
    abort();
  }
  return pending_ != nullptr && life_ != Life::closing;
}

// At most one send is with the kernel: two could overtake each other.
void Transport::send_next() noexcept {
  if (bypassed_) return;
  if (pending_ == nullptr && !owes() && !(writes_late_ && write_late_now())) {
    if (life_ == Life::finishing) linger();
    return;
  }
  sending_ = tls_ == nullptr ? &take_pending() : seal();
  if (sending_ == nullptr) return;
  sending_->descriptor = socket();
  submit_send();
}

Output& Transport::take_pending() noexcept {
  Output& first = *pending_;
  pending_ = first.next;
  if (pending_ == nullptr) pending_last_ = nullptr;
  return first;
}

void Transport::submit_send() noexcept {
  Output& out = *sending_;
  out.parts[0] = as_bytes({out.bytes() + out.sent_before, out.size - out.sent_before});
  out.part_count = 1;
  send_deadline_ = time_after(now(), write_stall(out.route));
  server_->loop.submit(out);
  set_deadline();
}

void Transport::on_sent(Operation& operation, const Completion& completion) noexcept {
  auto& output = static_cast<Output&>(operation);
  Transport& self = *output.transport;
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
    self.on_room();
  });
}

void Transport::judge_send() noexcept {
  judging_ = true;
  send_deadline_ = time_never;
  server_->loop.cancel(*sending_);
}

/// A send that took long was interrupted. It goes on if the client takes what it must take in that time.
bool Transport::goes_on(Output& output, std::int32_t result) noexcept {
  const auto sent = static_cast<std::uint32_t>(std::max(result, 0));
  if (result < 0 && result != -ECANCELED) return false;
  if (output.sent_before + sent == output.size) return false;  // it was just done
  if (sent < taken_min(output.route)) return false;
  output.sent_before += sent;
  submit_send();
  return true;
}

Duration Transport::write_stall(const RouteOptions* route) const noexcept {
  const Duration usual = server_->options.limits.write_stall;
  return route != nullptr ? route->write_stall.value_or(usual) : usual;
}

std::uint32_t Transport::rate(const RouteOptions* route) const noexcept {
  const std::uint32_t usual = server_->options.limits.rate;
  return route != nullptr ? route->rate.value_or(usual) : usual;
}

std::uint64_t Transport::taken_min(const RouteOptions* route) const noexcept {
  const std::uint64_t seconds = std::chrono::floor<std::chrono::seconds>(write_stall(route)).count();
  return std::max<std::uint64_t>(1, seconds * rate(route));
}

}  // namespace gyre::http
