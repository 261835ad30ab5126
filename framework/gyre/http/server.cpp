#include <gyre/http/server.hpp>

#include <gyre/http/internal/connection.hpp>
#include <gyre/http/internal/opening.hpp>
#include <gyre/loop/sleep.hpp>

#include <algorithm>

namespace gyre {

LoopValues::~LoopValues() { delete[] values_; }

void LoopValues::set(std::uint32_t number, void* value) {
  if (number >= count_) {
    void** larger = new void* [std::size_t{number} + 1] {};
    std::copy_n(values_, count_, larger);
    delete[] std::exchange(values_, larger);
    count_ = number + 1;
  }
  values_[number] = value;
}

Box<LoopValues> Service::values_for(Loop&) { return nullptr; }

namespace http {

ServerState::ServerState(Loop& owner, Service& answers, ServerOptions settings)
    : loop(owner),
      service(answers),
      options(std::move(settings)),
      values(answers.values_for(owner)),
      outputs(&Transport::on_sent),
      exchanges(&Carrier::on_task_done, values.get(), options.limits.head.fields),
      h2_exchanges(&Carrier::on_task_done, values.get(), 0),
      common_fields(options.server_name),
      handshakes(owner, options.limits.handshakes, options.limits.handshake_stall) {}

namespace {

/// Waits until the last connection is gone, and the last handler that one has left behind. Not cancellable: what it
/// waits for is being cancelled.
struct AllGone {
  ServerState* state;
  explicit AllGone(ServerState& server) noexcept : state(&server) {}
  bool await_ready() const noexcept { return state->gone(); }
  void await_suspend(std::coroutine_handle<> handle) const noexcept { state->on_all_gone = handle; }
  void await_resume() const noexcept {}
};

/// When the grace is over, what still runs is cancelled and cut.
struct GraceTimer : Timer {
  explicit GraceTimer(ServerState& server) noexcept : Timer(&GraceTimer::fire), state(&server) {}
  static void fire(Timer& timer) noexcept {
    ServerState& server = *static_cast<GraceTimer&>(timer).state;
    server.context.cancel(CancelReason::shutdown);
    // Handlers now unwind and their answer (503) still goes out; what does not even read it is cut.
    server.connections.for_each([](Transport& connection) { connection.cut(); });
  }
  ServerState* state;
};

enum class Sender : std::uint8_t { client, proxy, gone };

Sender sender_of(const ServerState& server, const Stream& stream) {
  if (server.options.proxies.empty()) [[likely]]
    return Sender::client;
  const Result<SocketAddress> peer = server.loop.peer_address(stream.descriptor());
  if (!peer) return Sender::gone;  // and nobody knows who it was
  return server.options.proxies.contains(*peer) ? Sender::proxy : Sender::client;
}

/// Takes over a connection on which more than HTTP is to come. Throws `std::bad_alloc`, and then has not taken it.
void begin(ServerState& server, Stream& stream, const TlsAcceptor* tls) {
  const Sender sender = sender_of(server, stream);
  if (sender == Sender::gone) return stream.close();
  const bool proxied = sender == Sender::proxy;
  if (proxied || tls != nullptr) return Opening::begin(server, std::move(stream), {.proxied = proxied, .tls = tls});
  if (stream.session() != nullptr) return Connection::open_encrypted(server, stream);
  Connection::open(server, stream.descriptor());
  (void)stream.release();
}

}  // namespace
}  // namespace http

Server::Server(Loop& loop, Service& service, ServerOptions options)
    : state_(std::make_unique<http::ServerState>(loop, service, std::move(options))) {}

Server::~Server() { GYRE_ASSERT(state_->gone()); }

Task<> Server::serve(Listener& listener) { return serve_all(listener, nullptr); }
Task<> Server::serve(Listener& listener, const TlsAcceptor& tls) { return serve_all(listener, &tls); }
void Server::serve(Stream stream) { serve(std::move(stream), nullptr); }
void Server::serve(Stream stream, const TlsAcceptor& tls) { serve(std::move(stream), &tls); }

Task<> Server::serve_all(Listener& listener, const TlsAcceptor* tls) {
  constexpr std::chrono::milliseconds pause_without_memory{100};
  bool open = true;
  while (open) {
    bool exhausted = false;
    try {
      Result<Stream> stream = co_await listener.accept();
      open = stream.has_value();
      if (open) serve(std::move(*stream), tls);
    } catch (const std::bad_alloc&) {
      exhausted = true;  // what arrives waits in the listener
    }
    if (exhausted) co_await sleep_for(pause_without_memory);
  }
}

void Server::serve(Stream stream, const TlsAcceptor* tls) {
  // Those that are told so take part of the room for a moment; beyond that they are closed without a word.
  constexpr std::uint64_t turned_away_max = 64;
  const std::uint64_t limit = state_->options.limits.connections;
  const std::uint64_t open = state_->statistics.connections_open;
  if (open >= limit + turned_away_max) {
    ++state_->statistics.connections_refused;
    return;
  }
  try {
    if (open < limit) return http::begin(*state_, stream, tls);
    if (tls != nullptr || stream.session() != nullptr) {  // which would take a handshake
      ++state_->statistics.connections_refused;
      return;
    }
    http::Connection::turn_away(*state_, stream.descriptor());
    (void)stream.release();
  } catch (const std::bad_alloc&) {
    // No memory for one more connection: it is closed with `stream`, the others stay.
  }
}

Task<> Server::stop(Duration grace) {
  http::ServerState& state = *state_;
  state.draining = true;
  state.openings.for_each([](http::Opening& opening) { opening.drain(); });
  state.connections.for_each([](http::Transport& connection) { connection.drain(); });
  http::GraceTimer timer{state};
  state.loop.arm(timer, time_after(state.loop.now(), grace));
  http::AllGone all_gone{state};
  co_await all_gone;
}

void Server::on_limit(Callback<void(std::string_view)> report) { state_->on_limit = std::move(report); }

ServerStatistics Server::statistics() const noexcept { return state_->statistics; }

}  // namespace gyre
