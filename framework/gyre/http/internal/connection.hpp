#pragma once

#include <gyre/http/internal/carrier.hpp>
#include <gyre/http/internal/input_buffer.hpp>
#include <gyre/wire/h1/request_parser.hpp>
#include <gyre/wire/h1/response_writer.hpp>

namespace gyre::http {

/// An HTTP/1.1 connection of a server.
///
/// Requests are answered in order; those that may run beside each other do. The receive stays armed while handlers run:
/// what arrives is kept (up to a limit, then the receive is disarmed and only a hang-up is watched for), and a client
/// that leaves cancels its requests' scopes. All answers of one turn leave in one send.
class Connection final : public Carrier {
 public:
  static void open(ServerState& server, int descriptor);
  /// The same after what came before HTTP: takes over the descriptor and the place under `Limits::connections`. Throws
  /// `std::bad_alloc`, and then has taken nothing.
  static void open(ServerState& server, Opened opened);
  /// The same for one that is encrypted already: takes over `stream`. Throws as the other.
  static void open_encrypted(ServerState& server, Stream& stream);
  /// Opens it only to say that there are too many (503).
  static void turn_away(ServerState& server, int descriptor);

  void drain() noexcept override;
  void cut() noexcept override;

  void permit(Exchange& exchange) override;
  InputBuffer take_input(Exchange& exchange) override;
  void give_back_input(Exchange& exchange, std::string_view rest) override;
  void feed_body(Exchange& exchange) override;
  void body_progressed(Exchange& exchange) noexcept override;
  void pause_or_resume() noexcept override;
  bool inform(Exchange& exchange, Status status, std::string_view fields) override;
  void deadline_moved(TimePoint /*deadline*/) noexcept override { set_deadline(); }

  void append_output(Exchange& exchange, std::string_view first, std::string_view second,
                     std::string_view third) override;
  bool closed(const Exchange& /*exchange*/) const noexcept override { return life_ == Life::closing; }
  /// Answers that are held back do not count: they wait for him.
  bool has_room(const Exchange& exchange) const noexcept override;
  bool flushed(const Exchange& /*exchange*/) const noexcept override { return all_sent(); }
  bool takes_files() const noexcept override { return tls_ == nullptr; }  // what is encrypted passes through memory
  void file_send_began() noexcept override;
  void file_send_ended() noexcept override;

 private:
  struct Watch : PollOperation {
    explicit Watch(Connection& owner) noexcept : PollOperation(&Connection::on_watch), connection(&owner) {}
    Connection* connection;
    bool over = false;  ///< It has said that the client hung up, or failed: nothing is watched for any more.
  };

  Connection(ServerState& server, int descriptor) noexcept;
  ~Connection() override;
  static Connection& make(ServerState& server, int descriptor);

  static void on_watch(Operation& operation, const Completion& completion) noexcept;

  // Transport
  void on_bytes(std::string_view data) override;
  void on_end(bool broken) override;
  void on_room() override;
  void on_deadline() override;
  void on_work() override;
  void after_step() noexcept override;
  void out_of_memory() noexcept override;
  void on_close(CancelReason reason) noexcept override;
  bool at_rest() noexcept override { return exchanges_.empty() && !watching(); }
  void hand_over() noexcept override;
  void set_deadline() noexcept override;

  // Carrier
  void ready(Exchange& exchange, Response response) override;
  void advance() override;
  void stream_written(Exchange& exchange) override { answered(exchange, exchange.last); }
  void cut_stream(Exchange& /*exchange*/) noexcept override { abort(); }
  void session_ended(Exchange& exchange) noexcept override;
  bool abandoned(const Exchange& /*exchange*/) const noexcept override { return life_ == Life::closing; }
  void late_ended(Exchange& exchange) noexcept override {
    if (!exchange.body_pending) release(exchange);
  }
  void release(Exchange& exchange) noexcept override;
  void task_parked(Exchange& exchange) noexcept override;
  void detach(Exchange& exchange) noexcept override;

  /// Whether a request must be alone: it waits for those before it and holds back those behind it (RFC 9112 9.3.2).
  static bool stands_alone(const wire::RequestHead& head) noexcept {
    return !is_safe(head.method()) || head.has_body() || head.upgrade() || !head.keep_alive() ||
           head.version_minor() == 0;
  }

  // Reading.
  std::string_view unused() const noexcept { return input_.view(); }
  void use(std::size_t count) noexcept { input_.drop(count); }
  void consume();
  bool may_take_head() const noexcept;
  bool take_head();
  /// Whether what has arrived is the beginning of HTTP/2, as far as it goes.
  bool begins_h2() noexcept;
  bool take_body();
  void begin_body(Exchange& exchange);
  void body_cut_off(Exchange& exchange);
  void receive_in_bulk(bool wanted) noexcept;
  void collected(Exchange& exchange);
  bool reading_ahead() const noexcept;
  bool watching() const noexcept { return watch_ != nullptr && watch_->armed(); }
  void watch() noexcept;
  void unwatch() noexcept;

  // Handling.
  /// Every request has its answer and no body is on its way. A handler that came too late may still be at work: it
  /// holds up nobody.
  bool between_requests() noexcept { return reading_ == nullptr && first_unanswered() == nullptr; }
  void lift_barrier() noexcept {
    if (between_requests()) barrier_ = false;
  }
  /// For the client, that is: nobody waits for what is late.
  bool at_work() noexcept {
    return exchanges_.find([](Exchange& exchange) { return exchange.task_active && !exchange.late; }) != nullptr;
  }
  void begin(Exchange& exchange, std::string_view head_bytes);
  void begin_with_body(Exchange& exchange, std::string_view head_bytes);
  void call_at_once(Exchange& exchange, std::size_t size);
  void keep(Exchange& exchange, std::string_view head_bytes, std::size_t size);
  void take_up(Exchange& exchange) noexcept;
  void refuse(Status status);

  // Answering.
  /// Whose turn it is: answers leave in the order of the requests.
  Exchange* first_unanswered() noexcept {
    return exchanges_.find([](Exchange& each) { return each.stage != Exchange::Stage::answered; });
  }
  void answer(Exchange& exchange);
  bool may_drain(const IncomingBody& body) const noexcept;
  bool is_last(Exchange& exchange, const Response& response) noexcept;
  wire::ResponseHead head_of(const Exchange& exchange, const Response& response, bool last) const noexcept;
  void answer_whole(const Exchange& exchange, const Response& response, bool last);
  void answer_stream(Exchange& exchange, bool last);
  void answer_upgrade(Exchange& exchange, bool last);
  void answered(Exchange& exchange, bool last);
  void write(wire::ResponseHead& head, std::string_view body, const Exchange& exchange);
  bool stalled() const noexcept;
  Exchange& file_sender() noexcept;
  void judge_file_send() noexcept;

  // Ending.
  void end_after_output() noexcept;
  void leave() noexcept;
  void become_h2() noexcept;
  void start_session();
  /// Ends a connection that has nothing more to do and nothing more to expect.
  void retire() noexcept;
  TimePoint next_deadline() noexcept;

  PlainExchange* scratch_ = nullptr;  ///< For the head that is being parsed.
  Exchange* reading_ = nullptr;       ///< Whose body is arriving; the last of the exchanges.
  IntrusiveList<Exchange> exchanges_;
  unsigned exchange_count_ = 0;
  std::size_t held_bytes_ = 0;  ///< Of answers that are held back until their turn.
  InputBuffer input_;
  wire::HeadProgress progress_;
  bool barrier_ = false;                  ///< The next request waits until those before it are done with.
  bool no_more_ = false;                  ///< The last request has been taken.
  bool fresh_ = true;                     ///< No request has been taken.
  bool paused_ = false;                   ///< Not read from: too much is waiting.
  bool rearming_ = false;                 ///< The receive ends, to be armed in another way.
  TimePoint idle_deadline_ = time_never;  ///< Looked at while it is idle.
  TimePoint head_deadline_ = time_never;  ///< Of the head that is arriving.
  std::unique_ptr<Watch> watch_;
};

}  // namespace gyre::http
