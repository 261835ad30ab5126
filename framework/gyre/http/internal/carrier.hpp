#pragma once

#include <gyre/http/internal/exchange.hpp>
#include <gyre/http/internal/server_state.hpp>
#include <gyre/http/internal/transport.hpp>

namespace gyre::http {

/// A connection that carries exchanges, in whatever protocol: from a request to its answer. Handlers and their tasks
/// are run here; in which order answers leave, and in which form, is the protocol's part.
class Carrier : public Transport {
 public:
  static void on_task_done(TaskObserver& observer) noexcept;

  // --- for exchanges and their bodies ---------------------------------------------------------------------------
  /// Sends the 100 that the client waits for, if it does.
  virtual void permit(Exchange& exchange) = 0;
  /// The bytes of its body that arrived and are not used, and what is left of them.
  virtual InputBuffer take_input(Exchange& exchange) = 0;
  virtual void give_back_input(Exchange& exchange, std::string_view rest) = 0;
  /// Lets a body take of them what it can.
  virtual void feed_body(Exchange& exchange) = 0;
  /// Looks at what has become of a body. Called from within tasks, too.
  virtual void body_progressed(Exchange& exchange) noexcept = 0;
  /// Reads no further where too much is waiting, or goes on.
  virtual void pause_or_resume() noexcept = 0;
  virtual bool inform(Exchange& exchange, Status status, std::string_view fields) = 0;
  /// The deadline of an exchange has become earlier.
  virtual void deadline_moved(TimePoint deadline) noexcept = 0;

  /// Writes part of a streamed body: all of it or, if it throws, nothing.
  virtual void append_output(Exchange& exchange, std::string_view first, std::string_view second = {},
                             std::string_view third = {}) = 0;
  /// Nothing of this answer goes out any more.
  virtual bool closed(const Exchange& exchange) const noexcept = 0;
  /// Whoever writes need not wait.
  virtual bool has_room(const Exchange& exchange) const noexcept = 0;
  virtual bool flushed(const Exchange& exchange) const noexcept = 0;
  /// Whether files may go out past the outputs, and what is called when one does.
  virtual bool takes_files() const noexcept { return false; }
  virtual void file_send_began() noexcept {}
  virtual void file_send_ended() noexcept {}

 protected:
  using Transport::Transport;

  /// What the client is answered with, now or when its turn comes.
  virtual void ready(Exchange& exchange, Response response) = 0;
  /// Writes the answers that are ready, as far as it is their turn.
  virtual void advance() = 0;
  /// The body that a task wrote is whole.
  virtual void stream_written(Exchange& exchange) = 0;
  /// It never will be. Its head is out, so that can only be told by cutting it.
  virtual void cut_stream(Exchange& exchange) noexcept = 0;
  virtual void session_ended(Exchange& /*exchange*/) noexcept {}
  /// Its client has left while it was at work.
  virtual bool abandoned(const Exchange& exchange) const noexcept = 0;
  /// Its handler, which was late, has ended, and its answer is written.
  virtual void late_ended(Exchange& exchange) noexcept = 0;
  /// Nothing is left of it.
  virtual void release(Exchange& exchange) noexcept = 0;
  /// A task that was just started takes time.
  virtual void task_parked(Exchange& exchange) noexcept = 0;
  /// Leaves the list of its connection.
  virtual void detach(Exchange& exchange) noexcept = 0;

  /// What a plain handler answers.
  Response answer_of(Exchange& exchange);
  void call(Exchange& exchange);
  void start_task(Exchange& exchange);
  /// For an answer whose head is written and whose body a task writes.
  void start_body_task(Exchange& exchange);
  void task_ended(Exchange& exchange);
  /// The answer to an exception, which is being handled. One that comes from a broken body has the body's status.
  Response failed(Exchange& exchange);
  void tell_failure(Exchange& exchange) noexcept;
  /// The handler's time is over: the client gets its answer now, the handler is cancelled and its place is held until
  /// it has really ended.
  void expire(Exchange& exchange);
  /// Too many handlers are at work: for this one there is no place.
  void shed(Exchange& exchange);
  /// The client has left: what that means for the handler.
  void lose_client(Exchange& exchange, CancelReason reason) noexcept;
  /// What its route has otherwise than the server; nullptr if it was refused before it had one.
  static const RouteOptions* route_of(const Exchange& exchange) noexcept {
    return exchange.refusal ? nullptr : &exchange.handler->options();
  }
  std::uint64_t body_limit(const Exchange& exchange) const noexcept;
  TimePoint body_deadline(const Exchange& exchange) const noexcept;
  static void check(Response& response);

  Exchange* starting_ = nullptr;  ///< Whose task is being started: its end is seen on return, not by a later turn.

 private:
  Response result_of(Exchange& exchange);
  void stream_ended(Exchange& exchange);
  void orphan(Exchange& exchange) noexcept;
};

}  // namespace gyre::http
