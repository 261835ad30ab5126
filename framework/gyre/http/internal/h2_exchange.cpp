#include <gyre/http/internal/h2_exchange.hpp>

#include <gyre/http/internal/h2_connection.hpp>

namespace gyre::http {

H2Connection& H2Exchange::connection() noexcept { return static_cast<H2Connection&>(*carrier); }

void H2Exchange::recycle(ServerState& server) noexcept {
  received.clear();
  written.clear();
  rest = {};
  collected = 0;
  framed_until = 0;
  open = body_written = false;
  send_deadline = time_never;
  stage = Stage::answered;  // to be cleaned, however far it came
  server.h2_exchanges.give_back(*this);
}

void H2Exchange::on_data(std::string_view data) { connection().on_data(*this, data); }
void H2Exchange::on_end(std::string_view trailer_lines) { connection().on_body_end(*this, trailer_lines); }
void H2Exchange::on_closed(wire::H2Error error) noexcept { connection().on_stream_closed(*this, error); }

wire::H2Piece H2Exchange::next_piece(std::size_t most) noexcept {
  using State = wire::H2Piece::State;
  const std::string_view all = rest.empty() ? written.view() : rest;
  const bool whole = all.size() <= most;
  if (whole && body_written) return {State::last, all};
  if (all.empty()) return {State::waiting};
  return {State::more, all.substr(0, most)};
}

void H2Exchange::body_taken(std::size_t size) noexcept {
  connection().on_sent(*this, size);
  rest.empty() ? written.drop(size) : rest.remove_prefix(size);
}

}  // namespace gyre::http
