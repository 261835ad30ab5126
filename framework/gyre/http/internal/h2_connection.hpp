#pragma once

#include <gyre/http/internal/carrier.hpp>
#include <gyre/http/internal/h2_exchange.hpp>
#include <gyre/wire/h2/session.hpp>

namespace gyre::http {

/// An HTTP/2 connection of a server (RFC 9113): streams that are answered beside each other, each an exchange.
///
/// Reading never stops, since what opens the client's windows comes the same way as requests. What a client may have us
/// keep is bounded otherwise: bodies by flow control, streams by their number, held until their handlers have ended,
/// and everything else by the ledger of `wire::H2Session`. A request that comes while too much of the answers is unsent
/// waits.
class H2Connection final : public Carrier, private wire::H2Events {
 public:
  /// Takes over what an `Opening`, or HTTP/1.1, has begun. Throws `std::bad_alloc`, and then has taken nothing.
  static void open(ServerState& server, Opened& opened);

  void drain() noexcept override;
  void cut() noexcept override;

  void permit(Exchange& exchange) override;
  InputBuffer take_input(Exchange& exchange) override;
  void give_back_input(Exchange& exchange, std::string_view rest) override;
  void feed_body(Exchange& exchange) override;
  void body_progressed(Exchange& exchange) noexcept override;
  void pause_or_resume() noexcept override { set_deadline(); }
  bool inform(Exchange& exchange, Status status, std::string_view fields) override;
  void deadline_moved(TimePoint /*deadline*/) noexcept override { set_deadline(); }

  void append_output(Exchange& exchange, std::string_view first, std::string_view second,
                     std::string_view third) override;
  bool closed(const Exchange& exchange) const noexcept override { return abandoned(exchange); }
  bool has_room(const Exchange& exchange) const noexcept override;
  bool flushed(const Exchange& exchange) const noexcept override;

  // --- for its exchanges ----------------------------------------------------------------------------------------
  void on_data(H2Exchange& exchange, std::string_view data);
  void on_body_end(H2Exchange& exchange, std::string_view trailers);
  void on_stream_closed(H2Exchange& exchange, wire::H2Error error) noexcept;
  /// So many bytes of its answer have gone out.
  void on_sent(H2Exchange& exchange, std::size_t size) noexcept;

 private:
  H2Connection(ServerState& server, int descriptor) noexcept;
  ~H2Connection() override;

  // wire::H2Events
  wire::H2Stream* on_request(std::uint32_t stream, wire::RequestHead& head, std::string_view head_bytes) override;
  wire::H2Stream* on_bad_request(std::uint32_t stream, wire::HeadError error) override;

  // Transport
  void on_bytes(std::string_view data) override;
  void on_end(bool broken) override;
  void on_room() override;
  void write_late() override;
  void on_deadline() override;
  void on_work() override;
  void after_step() noexcept override;
  void on_close(CancelReason reason) noexcept override;
  bool at_rest() noexcept override { return exchanges_.empty(); }
  void set_deadline() noexcept override;

  // Carrier
  void ready(Exchange& exchange, Response response) override;
  void advance() override {}
  void stream_written(Exchange& exchange) override;
  void cut_stream(Exchange& exchange) noexcept override;
  bool abandoned(const Exchange& exchange) const noexcept override;
  void late_ended(Exchange& exchange) noexcept override;
  void release(Exchange& exchange) noexcept override;
  void task_parked(Exchange& exchange) noexcept override;
  void detach(Exchange& exchange) noexcept override;

  static H2Exchange& own(Exchange& exchange) noexcept { return static_cast<H2Exchange&>(exchange); }
  static const H2Exchange& own(const Exchange& exchange) noexcept { return static_cast<const H2Exchange&>(exchange); }

  void begin_reading();

  // Requests.
  H2Exchange* take_stream(std::uint32_t id);
  bool has_enough() const noexcept;
  bool must_wait() const noexcept;
  void begin(H2Exchange& exchange);
  void begin_with_body(H2Exchange& exchange);
  void begin_waiting();
  void call_at_once(H2Exchange& exchange, std::string_view head_bytes);
  void collected(H2Exchange& exchange);
  void drop_received(H2Exchange& exchange) noexcept;
  void fail_body(H2Exchange& exchange, Status status, Error error);
  void body_cut_off(H2Exchange& exchange);

  // Answers.
  void answer(H2Exchange& exchange);
  void answer_whole(H2Exchange& exchange, wire::ResponseHead& head);
  void answer_stream(H2Exchange& exchange, wire::ResponseHead& head);
  bool respond(H2Exchange& exchange, wire::ResponseHead& head, wire::H2Session::Body body);
  void answered(H2Exchange& exchange) noexcept;
  void hold(H2Exchange& exchange, std::size_t bytes) noexcept;
  void begin_send_period(H2Exchange& exchange) noexcept;
  bool takes_enough(H2Exchange& exchange) noexcept;
  void reset(H2Exchange& exchange, wire::H2Error error) noexcept;
  void leave_list(H2Exchange& exchange) noexcept;
  void close_stream(H2Exchange& exchange) noexcept;
  void lose_stream(H2Exchange& exchange, CancelReason reason) noexcept;

  // Time and the end.
  bool at_work() noexcept;
  void drop_stuck() noexcept;
  bool idle() const noexcept { return open_count_ == 0; }
  TimePoint deadline_of(H2Exchange& exchange) const noexcept;
  void expire_parts(H2Exchange& exchange, TimePoint time);
  std::string_view limit_exceeded() const noexcept;
  void give_up(wire::H2Error error, std::string_view limit) noexcept;
  void announce_leave() noexcept;
  void end() noexcept;
  void retire() noexcept;

  Box<wire::H2Session> session_;
  H2Exchange* beginning_ = nullptr;    ///< The codec does not know it yet. Null also once that one is lost.
  IntrusiveList<Exchange> exchanges_;  ///< In no order.
  InputBuffer early_;                  ///< What came before the connection was made.
  bool begun_ = false;
  bool answered_ = false;  ///< A stream has ended, and its last bytes may still be on their way.
  unsigned exchange_count_ = 0;
  unsigned begun_in_step_ = 0;       ///< Requests that the step at work has begun.
  unsigned taken_back_in_step_ = 0;  ///< And those that were reset in it.
  unsigned open_count_ = 0;          ///< Exchanges whose stream is open.
  unsigned waiting_ = 0;             ///< Of them, those that have not begun.
  std::size_t unsent_bytes_ = 0;     ///< Of bodies of answers that are not in an output.
  std::uint64_t framed_bytes_ = 0;   ///< Of frames that were written to outputs so far,
  std::uint64_t framing_until_ = 0;  ///< and at most once the present one is.
  std::size_t collected_bytes_ = 0;  ///< Of bodies of requests that are kept for their handlers.
  TimePoint idle_deadline_ = time_never;
  std::uint64_t head_ = 0;                 ///< The header block that has begun to arrive; 0 without.
  TimePoint head_deadline_ = time_never;   ///< Until when it must be complete.
  TimePoint leave_deadline_ = time_never;  ///< When the second GOAWAY follows the first.
};

}  // namespace gyre::http
