#pragma once

#include <gyre/http/body_writer.hpp>
#include <gyre/http/internal/incoming_body.hpp>
#include <gyre/http/internal/outgoing_body.hpp>
#include <gyre/http/internal/place.hpp>
#include <gyre/http/service.hpp>

#include <optional>
#include <vector>

namespace gyre::http {

class Carrier;
class Orphans;
struct ServerState;

/// One request and its answer in the making, whatever the protocol: the parsed head, the arena, the bodies, the task.
/// Pooled per loop. A connection has one only while it works on a request. It may outlive its connection: see
/// `Orphans`.
struct Exchange : TaskObserver, ListHook<Exchange>, private gyre::detail::RequestControl, private gyre::detail::Peer {
  Exchange(void (*done)(TaskObserver&) noexcept, const LoopValues* values) noexcept : TaskObserver(done) {
    request.set_values(values);
    request.set_peer(this);
  }

  enum class Stage : std::uint8_t {
    parsed,      ///< The head is there, nothing was done about it yet.
    collecting,  ///< A plain handler waits for the body.
    running,     ///< The handler's task is at work.
    ready,       ///< The answer is there and waits for its turn.
    writing,     ///< The answer's head is out, a task writes its body.
    session,     ///< Its task has the connection (101).
    answered,    ///< The answer is out; the body, or a handler that came too late, is still waited for.
  };

  /// Enough for the head and the fields of most requests, so that a coroutine handler costs no heap allocation.
  static constexpr std::size_t first_block_bytes = 4096;
  alignas(16) std::byte first_block[first_block_bytes];
  Arena arena{first_block};

  wire::RequestHead head{std::span<wire::Field>{}};
  Request request{arena, head};
  RequestHandler* handler = nullptr;
  Carrier* carrier = nullptr;  ///< Its connection; null once that has gone and left this one to `orphans`.
  Orphans* orphans = nullptr;
  PlaceShare place;  ///< In that of its connection, if it may outlive it.
  Stage stage = Stage::parsed;
  bool refusal = false;       ///< There is no request that could be trusted, only an answer.
  bool head_refused = false;  ///< It would have been one of HEAD: the answer has no body.
  bool task_active = false;   ///< `task` has been started and its end not been looked at.
  bool task_done = false;     ///< `task` has ended.
  bool late = false;          ///< The answer was given in the handler's place: its own is dropped.
  bool body_pending = false;  ///< The request's body has not been taken from the connection to its end.
  bool last = false;          ///< The connection ends with the streamed answer.
  bool was_secure = false;    ///< What that of an orphan was; not looked at while there is one.

  IncomingBody incoming{*this};
  OutgoingBody outgoing{*this};
  BodyWriter writer{outgoing};

  std::optional<Context> context;
  TimePoint deadline = time_never;                          ///< Of the handler.
  Status status_at_deadline = Status::service_unavailable;  ///< What it is answered with.
  Task<Response> task;
  Task<> body_task;
  Response response;
  std::size_t held_bytes = 0;  ///< Of the answer while it waits for its turn.

  /// Copies the head out of the receive buffer, so that it may be used across turns.
  void keep_head(std::string_view bytes) {
    const std::string_view copy = arena.copy(bytes);
    head.rebase(copy.data());
    request.move_parameters(bytes, copy.data());
    const std::size_t count = head.field_count();
    auto* fields = static_cast<wire::Field*>(arena.allocate(count * sizeof(wire::Field), alignof(wire::Field)));
    head.move_fields({fields, count});
  }

  /// The scope of the task that follows: a child of the server's.
  Context& enter(Context& server) {
    context.reset();
    context.emplace(server);
    if (handler != nullptr) context->set_label(handler->name());
    request.set_context(&*context);
    return *context;
  }
  void cancel(CancelReason reason) noexcept {
    if (context) context->cancel(reason);
  }

  void offer_control() noexcept { request.set_control(this); }

  /// Goes back to the pool that it is from.
  virtual void recycle(ServerState& server) noexcept = 0;

  /// The handler's own task is at work, not that of a body or a session.
  bool handler_at_work() const noexcept { return task_active && (stage == Stage::running || late); }
  /// Whether the exception that is being handled is that of the request's body, which broke.
  bool body_threw() const noexcept;

 protected:
  ~Exchange() = default;

  /// Forgets all that only a request that was not answered at once has touched.
  void clean() noexcept;

 private:
  bool inform(Status status, std::string_view fields) override;
  void limit_deadline(TimePoint when, Status status) noexcept override;
  Status deadline_status() const noexcept override { return status_at_deadline; }
  Result<SocketAddress> peer_address() override;
  Result<SocketAddress> local_address() override;
  bool secure() const noexcept override;
  std::optional<TlsInfo> tls() const override;
};

/// That of an HTTP/1.1 connection.
struct PlainExchange final : Exchange {
  using Exchange::clean;
  using Exchange::Exchange;
  PlainExchange* next_free = nullptr;

  void recycle(ServerState& server) noexcept override;
};

/// The exchanges of one loop and one protocol.
template <class Kind>
class ExchangePool {
 public:
  /// `values` outlive the pool.
  ExchangePool(void (*done)(TaskObserver&) noexcept, const LoopValues* values, std::uint32_t fields_max)
      : done_(done), values_(values), fields_(fields_max) {}
  ExchangePool(const ExchangePool&) = delete;
  ExchangePool& operator=(const ExchangePool&) = delete;
  ~ExchangePool() {
    while (free_ != nullptr) delete std::exchange(free_, free_->next_free);
  }

  Kind& take(Carrier& carrier) {
    Kind* exchange = free_;
    if (exchange != nullptr) [[likely]] {
      free_ = exchange->next_free;
      --kept_;
    } else {
      exchange = new Kind{done_, values_};
    }
    // Heads are parsed into one array of fields for all: only a request that is kept across turns moves its own out.
    exchange->head = wire::RequestHead{fields_};
    exchange->carrier = &carrier;
    return *exchange;
  }

  void give_back(Kind& exchange) noexcept {
    if (exchange.stage != Exchange::Stage::parsed) exchange.clean();
    exchange.request.reset();
    exchange.arena.reset();
    if (kept_ == kept_max) {
      delete &exchange;
      return;
    }
    exchange.next_free = free_;
    free_ = &exchange;
    ++kept_;
  }

 private:
  static constexpr unsigned kept_max = 1024;

  void (*done_)(TaskObserver&) noexcept;
  const LoopValues* values_;
  std::vector<wire::Field> fields_;
  Kind* free_ = nullptr;
  unsigned kept_ = 0;
};

}  // namespace gyre::http
