// The way out: heads, pieces of bodies, files.

#include <gyre/http/internal/connection.hpp>

#include <cstring>

namespace gyre::http {

void Connection::write(wire::ResponseHead& head, std::string_view body, const Exchange& exchange) {
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
  written(out, static_cast<std::size_t>(end - out.end()), route_of(exchange));
  ++server_->statistics.responses;
}

void Connection::append_output(Exchange& exchange, std::string_view first, std::string_view second,
                               std::string_view third) {
  const std::size_t size = first.size() + second.size() + third.size();
  if (size == 0) return;
  Output& out = output(size);
  char* end = out.end();
  for (const std::string_view part : {first, second, third}) {
    if (!part.empty()) std::memcpy(end, part.data(), part.size());
    end += part.size();
  }
  written(out, size, route_of(exchange));
}

// --- files, which go past the outputs --------------------------------------------------------------------------------

Exchange& Connection::file_sender() noexcept {
  return *exchanges_.find([](Exchange& each) { return each.outgoing.sending_file(); });
}

void Connection::file_send_began() noexcept {
  bypassed_ = true;
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
  bypassed_ = false;
  if (life_ != Life::closing && sending_ == nullptr) send_next();
  set_deadline();
}

}  // namespace gyre::http
