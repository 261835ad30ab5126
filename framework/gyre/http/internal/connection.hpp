#pragma once

#include <gyre/http/internal/input_buffer.hpp>
#include <gyre/http/internal/opened.hpp>
#include <gyre/http/internal/server_state.hpp>
#include <gyre/net/tls/session.hpp>
#include <gyre/wire/h1/request_parser.hpp>
#include <gyre/wire/h1/response_writer.hpp>

namespace gyre::http {

/// An HTTP/1.1 connection of a server: a state machine on the loop's operations, not a coroutine, so that an idle one
/// is this object and nothing else.
///
/// Requests are answered in order; those that may run beside each other do. The receive stays armed while handlers run:
/// what arrives is kept (up to a limit, then the receive is disarmed and only a hang-up is watched for), and a client
/// that leaves cancels its requests' scopes. All answers of one turn leave in one send.
class Connection final : private ReceiveOperation,
                         private FlushHook,
                         private Timer,
                         private Work,
                         public ListHook<Connection> {
 public:
  /// Owns itself: dies when the connection is closed and everything in it has ended.
  static void open(ServerState& server, int descriptor);
  /// The same after what came before HTTP: takes over the descriptor and the place under `Limits::connections`. Throws
  /// `std::bad_alloc`, and then has taken nothing.
  static void open(ServerState& server, Opened opened);
  /// The same for one that is encrypted already: takes over `stream`. Throws as the other.
  static void open_encrypted(ServerState& server, Stream& stream);
  /// Opens it only to say that there are too many (503).
  static void turn_away(ServerState& server, int descriptor);

  /// The server stops: an idle connection closes, a busy one after its answers.
  void drain() noexcept;
  /// The server's grace is over: closes unless a handler is at work, whose (cancelled) answer still goes out.
  void cut() noexcept;

  static void on_sent(Operation& operation, const Completion& completion) noexcept;
  static void on_task_done(TaskObserver& observer) noexcept;

  // --- for the bodies of its exchanges --------------------------------------------------------------------------
  TimePoint now() const noexcept { return server_->loop.now(); }
  int socket() const noexcept { return ReceiveOperation::descriptor; }
  /// What it is encrypted with; nullptr without.
  const TlsSession* tls() const noexcept { return tls_.get(); }
  bool closing() const noexcept { return life_ == Life::closing; }
  /// Sends the 100 that the client waits for, if it does.
  void permit(Exchange& exchange);
  /// All bytes that arrived and are not used, and what is left of them.
  InputBuffer take_input();
  void give_back_input(std::string_view rest);
  /// Lets a body take of the unused bytes what it can.
  void feed_body(Exchange& exchange);
  /// Looks at what has become of a body.
  void body_progressed(Exchange& exchange) noexcept;
  /// Reads no further where too much is waiting, or goes on.
  void pause_or_resume() noexcept;

  /// All of it or, if it throws, nothing. For the answer of `exchange`, whose limits then hold.
  void append_output(const Exchange& exchange, std::string_view first, std::string_view second = {},
                     std::string_view third = {});
  bool stalled() const noexcept;
  /// Whoever writes need not wait. Answers that are held back do not count: they wait for him.
  bool has_room() const noexcept;
  bool flushed() const noexcept { return pending_ == nullptr && sending_ == nullptr && !owes(); }
  void file_send_began() noexcept;
  void file_send_ended() noexcept;
  bool inform(Exchange& exchange, Status status, std::string_view fields);
  /// The deadline of an exchange has become earlier.
  void deadline_moved() noexcept { set_deadline(); }
  Result<SocketAddress> peer_address();
  bool secure() const noexcept { return secure_; }

 private:
  enum class Life : std::uint8_t {
    open,       ///< Requests are read and answered.
    finishing,  ///< The last answer is written; it is sent, then our side ends.
    lingering,  ///< Our side has ended; waits for the client to end its own.
    leaving,    ///< A 101 is written; once it is sent the descriptor goes to the session.
    session,    ///< It has gone there; the task is waited for.
    closing,    ///< Waits for the operations and tasks to end, then dies.
  };

  struct Watch : PollOperation {
    explicit Watch(Connection& owner) noexcept : PollOperation(&Connection::on_watch), connection(&owner) {}
    Connection* connection;
    bool over = false;  ///< It has said that the client hung up, or failed: nothing is watched for any more.
  };

  Connection(ServerState& server, int descriptor) noexcept;
  ~Connection() = default;
  static void* operator new(std::size_t size) { return gyre::detail::frame_allocate(size); }
  static void operator delete(void* memory, std::size_t size) noexcept { gyre::detail::frame_release(memory, size); }
  static Connection& make(ServerState& server, int descriptor);

  // What the loop tells us.
  static void on_receive(Operation& operation, const Completion& completion) noexcept;
  static void on_watch(Operation& operation, const Completion& completion) noexcept;
  static void on_flush(FlushHook& hook) noexcept;
  static void on_timer(Timer& timer) noexcept;
  static void on_work(Work& work) noexcept;
  /// Runs `step`, which may run out of memory: then this connection goes and the others stay.
  template <class Step>
  void guarded(const Step& step) noexcept {
    try {
      step();
    } catch (const std::bad_alloc&) {
      if (input_.lent()) input_.clear();  // what a task still at work reads must not be the loop's
      close();
    }
    pause_or_resume();
    if (server_->draining || receive_ended_) [[unlikely]]
      retire();
    settle();
  }

  /// Whether a request must be alone: it waits for those before it and holds back those behind it (RFC 9112 9.3.2).
  static bool stands_alone(const wire::RequestHead& head) noexcept {
    return !is_safe(head.method()) || head.has_body() || head.upgrade() || !head.keep_alive() ||
           head.version_minor() == 0;
  }

  // Reading.
  bool receiving() const noexcept { return Operation::armed(); }
  void on_received(const Completion& completion);
  void on_bytes(std::string_view data);
  void on_end(bool broken);
  std::string_view unused() const noexcept { return input_.view(); }
  void use(std::size_t count) noexcept { input_.drop(count); }
  void consume();
  bool may_take_head() const noexcept;
  bool take_head();
  bool take_body();
  void begin_body(Exchange& exchange);
  void body_cut_off(Exchange& exchange);
  void receive_in_bulk(bool wanted) noexcept;
  void collected(Exchange& exchange);
  TimePoint body_deadline() const noexcept;
  bool reading_ahead() const noexcept;
  bool watching() const noexcept { return watch_ != nullptr && watch_->armed(); }
  void watch() noexcept;
  void unwatch() noexcept;

  // TLS, between all of that and the socket.
  void on_ciphertext(Bytes data);
  void drop_ciphertext(std::size_t size) noexcept;
  void tls_failed() noexcept;
  /// Puts what is to be sent next into records: what the session owes, or part of the oldest output. Null, and the
  /// connection is closed, if that is not possible.
  Output* seal() noexcept;
  Output& seal_owed();
  Output& seal_output(Output& plain);
  bool owes() const noexcept { return tls_ != nullptr && !tls_->owed().empty(); }
  /// Says that nothing more will be sent. False if that is on its way, or done.
  bool says_goodbye() noexcept;

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
  void call(Exchange& exchange);
  Response answer_of(Exchange& exchange);
  void start_task(Exchange& exchange);
  void task_parked() noexcept;
  void task_ended(Exchange& exchange);
  Response result_of(Exchange& exchange);
  Response failed(Exchange& exchange);
  void expire(Exchange& exchange);
  void shed(Exchange& exchange);
  void refuse(Status status);
  void schedule_work() noexcept;

  // Answering.
  static void check(Response& response);
  void ready(Exchange& exchange, Response response);
  /// Whose turn it is: answers leave in the order of the requests.
  Exchange* first_unanswered() noexcept {
    return exchanges_.find([](Exchange& each) { return each.stage != Exchange::Stage::answered; });
  }
  void advance();
  void answer(Exchange& exchange);
  bool may_drain(const IncomingBody& body) const noexcept;
  bool is_last(Exchange& exchange, const Response& response) noexcept;
  wire::ResponseHead head_of(const Exchange& exchange, const Response& response, bool last) const noexcept;
  void answer_whole(const Exchange& exchange, const Response& response, bool last);
  void answer_stream(Exchange& exchange, bool last);
  void answer_upgrade(Exchange& exchange, bool last);
  void stream_ended(Exchange& exchange);
  void answered(Exchange& exchange, bool last);
  void write(wire::ResponseHead& head, std::string_view body, const Exchange& exchange);
  Output& output(std::size_t bytes);
  void written(Output& out, std::size_t bytes, const Exchange& exchange) noexcept;
  Duration write_stall(const RouteOptions* route) const noexcept;
  std::uint32_t rate(const RouteOptions* route) const noexcept;
  std::uint64_t taken_min(const RouteOptions* route) const noexcept;
  Exchange& file_sender() noexcept;
  void judge_file_send() noexcept;
  void send_next() noexcept;
  Output& take_pending() noexcept;
  void submit_send() noexcept;
  bool goes_on(Output& output, std::int32_t result) noexcept;

  // Ending.
  void end_after_output() noexcept;
  void linger() noexcept;
  void close(CancelReason reason = CancelReason::client_gone) noexcept;
  void abort() noexcept;
  void orphan(Exchange& exchange) noexcept;
  void leave() noexcept;
  void start_session();
  /// Ends a connection that has nothing more to do and nothing more to expect.
  void retire() noexcept;
  void session_ended(Exchange& exchange) noexcept;
  bool settle() noexcept;
  void release(Exchange& exchange) noexcept;
  void set_deadline() noexcept;
  void on_deadline();
  TimePoint next_deadline() noexcept;

  ServerState* server_;
  Exchange* scratch_ = nullptr;   ///< For the head that is being parsed.
  Exchange* reading_ = nullptr;   ///< Whose body is arriving; the last of the exchanges.
  Exchange* starting_ = nullptr;  ///< Whose task is being started: its end is seen on return, not by a later turn.
  IntrusiveList<Exchange> exchanges_;
  unsigned exchange_count_ = 0;
  Output* pending_ = nullptr;  ///< Written, not yet with the kernel, oldest first.
  Output* pending_last_ = nullptr;
  Output* sending_ = nullptr;
  std::size_t output_bytes_ = 0;  ///< Written and not sent.
  std::size_t held_bytes_ = 0;    ///< Of answers that are held back until their turn.
  std::size_t dropped_ = 0;       ///< Bytes that came behind the client's close_notify.
  Box<TlsSession> tls_;
  InputBuffer input_;
  wire::HeadProgress progress_;
  Life life_ = Life::open;
  bool barrier_ = false;        ///< The next request waits until those before it are done with.
  bool no_more_ = false;        ///< The last request has been taken.
  bool receive_ended_ = false;  ///< The client's side has ended, or broke.
  bool paused_ = false;         ///< Not read from: too much is waiting.
  bool rearming_ = false;       ///< The receive ends, to be armed in another way.
  bool work_scheduled_ = false;
  bool file_send_ = false;  ///< A file is on its way past the outputs.
  bool judging_ = false;    ///< The send was interrupted to see how far it got.
  bool reset_ = false;      ///< Closed with a reset, so that nothing looks complete.
  bool secure_ = false;     ///< The client's connection is encrypted.
  bool goodbye_ = false;    ///< The TLS session has been told that nothing more will be sent.
  bool silent_ = false;     ///< Idle, and what arrives has nothing in it: no reason to stay for longer.
  TimePoint deadline_ = time_never;
  TimePoint idle_deadline_ = time_never;   ///< Looked at while it is idle.
  TimePoint phase_deadline_ = time_never;  ///< Of the head that is arriving; in the end of the client's end.
  TimePoint send_deadline_ = time_never;   ///< Of what is being sent.
  std::unique_ptr<Watch> watch_;
  std::unique_ptr<SocketAddress> client_;  ///< What a proxy says; null: whoever is at the other end.
  PlaceShare place_;                       ///< Its own, which exchanges that outlive it may have part in.
};

}  // namespace gyre::http
