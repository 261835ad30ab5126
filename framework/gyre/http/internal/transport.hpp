#pragma once

#include <gyre/http/internal/opened.hpp>
#include <gyre/http/internal/output.hpp>
#include <gyre/http/internal/place.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/net/tls/session.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>

namespace gyre::http {

struct ServerState;

/// A client's connection as far as it is bytes, whatever protocol they are in: a receive that stays armed, the TLS
/// session, the outputs and how quickly the client takes them, the end. A state machine on the loop's operations, not a
/// coroutine, so that an idle one is this object and nothing else. All that is written in one turn leaves in one send.
///
/// Owns itself: dies when it is closed and everything in it has ended.
class Transport : protected ReceiveOperation,
                  private FlushHook,
                  protected Timer,
                  private Work,
                  public ListHook<Transport> {
 public:
  /// The server stops: an idle connection closes, a busy one after its answers.
  virtual void drain() noexcept = 0;
  /// The server's grace is over: closes unless a handler is at work, whose (cancelled) answer still goes out.
  virtual void cut() noexcept = 0;

  static void on_sent(Operation& operation, const Completion& completion) noexcept;

  TimePoint now() const noexcept;
  int socket() const noexcept { return ReceiveOperation::descriptor; }
  /// What it is encrypted with; nullptr without.
  const TlsSession* tls() const noexcept { return tls_.get(); }
  /// The client's connection is encrypted, with us or with a proxy.
  bool secure() const noexcept { return secure_; }
  Result<SocketAddress> peer_address();
  Result<SocketAddress> local_address();

 protected:
  enum class Life : std::uint8_t {
    open,       ///< Requests are read and answered.
    finishing,  ///< The last answer is written; it is sent, then our side ends.
    lingering,  ///< Our side has ended; waits for the client to end its own.
    leaving,    ///< Another protocol follows: what is written is sent, then the descriptor goes.
    session,    ///< It has gone; the task that has it is waited for.
    closing,    ///< Waits for the operations and tasks to end, then dies.
  };

  Transport(ServerState& server, int descriptor) noexcept;
  virtual ~Transport();
  static void* operator new(std::size_t size) { return gyre::detail::frame_allocate(size); }
  static void operator delete(void* memory, std::size_t size) noexcept { gyre::detail::frame_release(memory, size); }

  /// Enters the server's list and begins to receive.
  void start();
  /// Takes what came before HTTP, but for its bytes.
  void take_over(Opened& opened) noexcept;

  // --- the protocol's part --------------------------------------------------------------------------------------
  /// Bytes have arrived.
  virtual void on_bytes(std::string_view data) = 0;
  /// No more will: the client has ended its side, or (`broken`) the connection is lost.
  virtual void on_end(bool broken) = 0;
  /// A send is done, and the next one, if there is one, on its way.
  virtual void on_room() = 0;
  /// (`writes_late_`) Nothing written waits any more.
  virtual void write_late() {}
  virtual void on_deadline() = 0;
  /// What was left to a later step (`schedule_work`).
  virtual void on_work() = 0;
  /// Ends every step: looks at what it may have changed.
  virtual void after_step() noexcept = 0;
  /// A step has run out of memory.
  virtual void out_of_memory() noexcept { close(); }
  /// It has just been closed.
  virtual void on_close(CancelReason reason) noexcept = 0;
  /// Nothing is at work in it, so that it may die.
  virtual bool at_rest() noexcept = 0;
  /// (leaving) Everything is sent and nothing received any more.
  virtual void hand_over() noexcept {}
  /// Arms the timer for what has to happen next.
  virtual void set_deadline() noexcept = 0;

  /// Runs `step`, which may run out of memory: then this connection goes and the others stay.
  template <class Step>
  void guarded(const Step& step) noexcept {
    try {
      step();
    } catch (const std::bad_alloc&) {
      out_of_memory();
    }
    after_step();
    settle();
  }

  bool receiving() const noexcept { return Operation::armed(); }
  void schedule_work() noexcept;
  /// Arms the timer for `deadline_`, unless it is armed for an earlier instant anyway: no timer operation per request.
  void arm_timer() noexcept;
  /// Encrypted bytes have arrived, or none: what came with the end of the handshake.
  void on_ciphertext(Bytes data);

  // --- writing --------------------------------------------------------------------------------------------------
  /// The buffer to write `bytes` into, at its end: the last pending one if there is room. Throws `std::bad_alloc`.
  Output& output(std::size_t bytes);
  /// Queues `out`, of the pool, with `bytes` in it.
  void append(Output& out, std::size_t bytes) noexcept;
  /// So many were. `route`: of the answer, whose limits then hold.
  void written(Output& out, std::size_t bytes, const RouteOptions* route) noexcept;
  /// Sends before the loop waits again.
  void send_soon() noexcept;
  void send_next() noexcept;
  /// Lets the protocol write now what it has. Whether something waits to be sent.
  bool write_late_now() noexcept;
  /// The send takes long: whether the client takes what it must.
  void judge_send() noexcept;
  /// All that was written is with the kernel.
  bool all_sent() const noexcept { return pending_ == nullptr && sending_ == nullptr && !owes(); }
  Duration write_stall(const RouteOptions* route) const noexcept;
  std::uint32_t rate(const RouteOptions* route) const noexcept;
  /// What a client must have taken in the time of a `write_stall`.
  std::uint64_t taken_min(const RouteOptions* route) const noexcept;

  // --- ending ---------------------------------------------------------------------------------------------------
  /// Ends our side once all is sent, and then waits for the client to end its own.
  void finish_output() noexcept;
  void close(CancelReason reason = CancelReason::client_gone) noexcept;
  /// With a reset, so that nothing looks complete.
  void abort() noexcept;
  /// The last thing that every callback does: the connection may be no more behind it.
  void settle() noexcept {
    if (life_ >= Life::leaving) [[unlikely]]
      end_if_quiet();
  }

  ServerState* server_;
  Output* pending_ = nullptr;  ///< Written, not yet with the kernel, oldest first.
  Output* pending_last_ = nullptr;
  Output* sending_ = nullptr;
  std::size_t output_bytes_ = 0;  ///< Written and not sent.
  std::size_t dropped_ = 0;       ///< Bytes that came behind the client's close_notify.
  Box<TlsSession> tls_;
  Life life_ = Life::open;
  bool receive_ended_ = false;  ///< The client's side has ended, or broke.
  bool work_scheduled_ = false;
  bool writes_late_ = false;  ///< What is sent is written when it can be: `write_late`.
  bool bypassed_ = false;     ///< Something goes out past the outputs, which wait for it.
  bool judging_ = false;      ///< The send was interrupted to see how far it got.
  bool reset_ = false;        ///< Closed with a reset.
  bool secure_ = false;
  bool goodbye_ = false;                   ///< The TLS session has been told that nothing more will be sent.
  bool silent_ = false;                    ///< Idle, and what arrives has nothing in it: no reason to stay for longer.
  TimePoint deadline_ = time_never;        ///< Of what has to happen next.
  TimePoint send_deadline_ = time_never;   ///< Of what is being sent; once our side has ended, of the client's end.
  std::unique_ptr<SocketAddress> client_;  ///< What a proxy says; null: whoever is at the other end.
  PlaceShare place_;                       ///< Its own, which exchanges that outlive it may have part in.

 private:
  void end_if_quiet() noexcept;
  static void on_receive(Operation& operation, const Completion& completion) noexcept;
  static void on_flush(FlushHook& hook) noexcept;
  static void on_timer(Timer& timer) noexcept;
  static void on_work_step(Work& work) noexcept;
  void on_received(const Completion& completion);
  void take(std::string_view data);

  Output& take_pending() noexcept;
  void submit_send() noexcept;
  bool goes_on(Output& output, std::int32_t result) noexcept;
  void linger() noexcept;

  // TLS, between all of that and the socket.
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
};

}  // namespace gyre::http
