#pragma once

#include <gyre/http/internal/opened.hpp>
#include <gyre/http/internal/server_state.hpp>
#include <gyre/wire/proxy_header.hpp>

namespace gyre::http {

/// What has to happen on a connection before HTTP begins there: a coroutine, because it is a sequence of waits, and
/// there is none on most connections. It takes part of `Limits::connections` and hands its place on to the `Connection`
/// that follows, or gives it up with the descriptor.
///
/// A stop ends it at once: nobody has asked for anything yet.
class Opening final : private TaskObserver, private Work, private Timer, public ListHook<Opening> {
 public:
  /// What there is to do, in that order.
  struct Steps {
    bool proxied = false;              ///< A trusted proxy says who the client is.
    const TlsAcceptor* tls = nullptr;  ///< A handshake; null: none.
  };

  /// Begins. Owns itself: dies when that is over. Throws `std::bad_alloc`, and
  /// then has not begun: `stream` is what it was.
  static void begin(ServerState& server, Stream&& stream, Steps steps);

  /// The server stops.
  void drain() noexcept { context_.cancel(CancelReason::shutdown); }

 private:
  Opening(ServerState& server, Stream&& stream, Steps steps) noexcept;
  ~Opening() = default;
  static void* operator new(std::size_t size) { return gyre::detail::frame_allocate(size); }
  static void operator delete(void* memory, std::size_t size) noexcept { gyre::detail::frame_release(memory, size); }

  static void on_done(TaskObserver& observer) noexcept;
  static void on_time(Timer& timer) noexcept;
  static void on_work(Work& work) noexcept;

  Task<bool> open();
  Task<bool> read_proxy_header();
  Task<bool> read_more();
  Task<bool> shake_hands();
  Task<> encrypt();
  bool take_client(const wire::ProxyHeader& header);
  /// The step that begins has so much time.
  void limit(Duration length) noexcept { server_->loop.arm(*this, time_after(server_->loop.now(), length)); }
  void refuse() noexcept;
  void hand_over() noexcept;

  ServerState* server_;
  Stream stream_;
  Steps steps_;
  Context context_;
  Task<bool> task_;
  Opened opened_;
};

}  // namespace gyre::http
