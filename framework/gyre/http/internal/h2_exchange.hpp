#pragma once

#include <gyre/http/internal/exchange.hpp>
#include <gyre/http/internal/input_buffer.hpp>
#include <gyre/wire/h2/session.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::http {

class H2Connection;

/// A stream of an HTTP/2 connection: an exchange, and what the codec tells about it. It has its place among the streams
/// of its connection until its handler has ended, even if the client has taken the request back.
struct H2Exchange final : Exchange, wire::H2Stream {
  using Exchange::clean;
  using Exchange::Exchange;

  std::uint32_t id = 0;
  bool open = false;                     ///< The codec knows the stream.
  bool body_written = false;             ///< Nothing is added to `written` any more.
  InputBuffer received;                  ///< Of the request's body, not read yet.
  InputBuffer written;                   ///< Of the answer's body, what a task has written and was not sent.
  std::string_view rest;                 ///< Of an answer's body that is whole, what was not sent.
  std::size_t collected = 0;             ///< Bytes of the request's body that are kept for its handler.
  TimePoint send_deadline = time_never;  ///< Until when the client must let more of the answer go out,
  std::uint64_t framed_until = 0;        ///< What has left `written` is in what the connection had framed by then.
  std::size_t sent_in_period = 0;        ///< of which this has gone since the last one was set.
  H2Exchange* next_free = nullptr;

  /// Bytes of the answer that wait to be sent.
  std::size_t unsent() const noexcept { return rest.size() + written.size(); }

  void recycle(ServerState& server) noexcept override;

  // wire::H2Stream
  void on_data(std::string_view data) override;
  void on_end(std::string_view trailers) override;
  void on_closed(wire::H2Error error) noexcept override;
  wire::H2Piece next_piece(std::size_t most) noexcept override;
  void body_taken(std::size_t size) noexcept override;
  std::string_view trailers() noexcept override { return outgoing.trailers(); }

 private:
  H2Connection& connection() noexcept;
};

}  // namespace gyre::http
