#pragma once

#include <gyre/http/internal/input_buffer.hpp>
#include <gyre/http/internal/server_state.hpp>
#include <gyre/wire/h1/request_parser.hpp>
#include <gyre/wire/h1/response_writer.hpp>

namespace gyre::http {

/// An HTTP/1.1 connection of a server: a state machine on the loop's operations, not a coroutine, so that an idle one
/// is this object and nothing else.
///
/// Requests are answered in order. The receive stays armed while a handler runs: what arrives is kept (up to a limit,
/// then the receive is disarmed and only a hang-up is watched for), and a client that leaves cancels the request's
/// scope. All answers of one turn leave in one send.
class Connection final : private ReceiveOperation,
                         private FlushHook,
                         private Timer,
                         private Work,
                         public ListHook<Connection> {
 public:
  /// Owns itself: dies when the connection is closed and everything in it has ended.
  static void open(ServerState& server, int descriptor);

  /// The server stops: an idle connection closes, a busy one after its answer.
  void drain() noexcept;
  /// The server's grace is over: closes unless a handler is at work, whose (cancelled) answer still goes out.
  void cut() noexcept;
  /// Closes now, whatever is going on; cancels the request in progress.
  void abort(CancelReason reason) noexcept;

  static void on_sent(Operation& operation, const Completion& completion) noexcept;
  static void on_task_done(TaskObserver& observer) noexcept;

 private:
  enum class Phase : std::uint8_t {
    head,       ///< Between requests, or in the middle of a head.
    body,       ///< Collecting a body.
    handling,   ///< A coroutine handler is at work.
    finishing,  ///< The last answer is written; it is sent, then our side ends.
    lingering,  ///< Our side has ended; waits for the client to end its own.
    closing,    ///< Waits for the operations to end, then dies.
  };

  struct Watch : PollOperation {
    explicit Watch(Connection& owner) noexcept : PollOperation(&Connection::on_watch), connection(&owner) {}
    Connection* connection;
  };

  Connection(ServerState& server, int descriptor) noexcept;
  ~Connection() = default;
  static void* operator new(std::size_t size) { return gyre::detail::frame_allocate(size); }
  static void operator delete(void* memory, std::size_t size) noexcept { gyre::detail::frame_release(memory, size); }

  // What the loop tells us.
  static void on_receive(Operation& operation, const Completion& completion) noexcept;
  static void on_watch(Operation& operation, const Completion& completion) noexcept;
  static void on_flush(FlushHook& hook) noexcept;
  static void on_timer(Timer& timer) noexcept;
  static void on_answer(Work& work) noexcept;

  // Reading.
  bool receiving() const noexcept { return Operation::armed(); }
  void on_bytes(std::string_view data);
  void on_end() noexcept;
  std::size_t consume(std::string_view data);
  void consume_input();
  void keep(std::string_view data);
  std::size_t take_head(std::string_view data);
  std::size_t take_body(std::string_view data);
  std::size_t begin(std::string_view data);
  void pause_or_resume() noexcept;
  bool stalled() const noexcept;

  // Answering.
  void handle(std::string_view head_bytes);
  void handle_plain();
  void handle_coroutine(std::string_view head_bytes);
  void finish_exchange();
  void answer(Response response);
  void write(const wire::ResponseHead& head, std::string_view body);
  void refuse(Status status);
  Output& output(std::size_t bytes);
  void send_next() noexcept;

  // Ending.
  void end_after_output() noexcept;
  void linger() noexcept;
  void close() noexcept;
  void set_deadline() noexcept;
  bool settle() noexcept;
  void release_exchange() noexcept;

  ServerState* server_;
  Exchange* exchange_ = nullptr;
  Output* pending_ = nullptr;  ///< Written, not yet with the kernel, oldest first.
  Output* pending_last_ = nullptr;
  Output* sending_ = nullptr;
  std::size_t output_bytes_ = 0;
  InputBuffer input_;
  wire::HeadProgress progress_;
  Phase phase_ = Phase::head;
  bool receive_ended_ = false;  ///< The client's side has ended, or broke.
  bool paused_ = false;         ///< Not read from: too much is waiting.
  bool task_done_ = false;      ///< The handler's task has ended; its answer is not yet written.
  bool in_handler_ = false;     ///< Starting a task: its end is seen on return, not by a later turn.
  TimePoint deadline_ = time_never;
  TimePoint head_deadline_ = time_never;  ///< Of the head that is arriving.
  TimePoint send_deadline_ = time_never;  ///< Of what is being sent.
  Watch watch_{*this};
};

}  // namespace gyre::http
