#pragma once

#include <gyre/coro/detail/waiter.hpp>
#include <gyre/loop/descriptor.hpp>
#include <gyre/net/endpoint.hpp>
#include <gyre/net/stream.hpp>

#include <vector>

namespace gyre {

/// Accepts connections on a loop. Stays where it is once opened; ended with `close`.
///
/// When the process is out of descriptors it does not spin: it accepts and closes one connection through a descriptor
/// kept in reserve, so that the peer hears of it, and tries again 100 ms later.
class Listener {
 public:
  explicit Listener(Loop& loop) noexcept;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /// `close` must have been awaited, if it was opened.
  ~Listener();

  /// Binds, listens and starts to accept.
  Result<void> open(const Endpoint& endpoint, const ListenOptions& options = {});
  /// As `open`, on a listening descriptor that was inherited or handed over (socket activation); owns it from now on.
  Result<void> adopt(int descriptor);

  /// Where it listens: the port that the kernel chose, if 0 was asked for.
  const Endpoint& endpoint() const noexcept { return endpoint_; }
  /// The listening socket, to be handed over or shared (`dup`).
  int descriptor() const noexcept { return operation_.descriptor; }

  /// The next connection. `Errc::cancelled` in a cancelled context, `Errc::closed` after `stop`. One waiter at a time.
  Task<Result<Stream>> accept();

  /// Accepts no more: connections that arrived before are closed, a waiter gets `Errc::closed`.
  void stop() noexcept;
  /// `stop`, then waits until the kernel has let go. Not cancellable itself, and over in a turn.
  Task<> close();

  /// Connections that were closed at once for want of descriptors or memory.
  std::uint64_t shed() const noexcept { return shed_; }

 private:
  static constexpr std::chrono::milliseconds pause_without_descriptors{100};

  struct Arrival : detail::Waiter {
    explicit Arrival(Listener& owner) noexcept : Waiter([](Waiter&) noexcept {}), listener(&owner) {}
    bool await_ready() const noexcept { return listener->ready(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      listener->arrival_ = this;
      return true;
    }
    void await_resume() const noexcept { listener->arrival_ = nullptr; }
    Listener* listener;
  };

  struct Closing {
    Listener* listener;
    explicit Closing(Listener& owner) noexcept : listener(&owner) {}
    bool await_ready() const noexcept { return !listener->operation_.armed(); }
    void await_suspend(std::coroutine_handle<> handle) const noexcept { listener->closing_ = handle; }
    void await_resume() const noexcept {}
  };

  struct Accepting : AcceptOperation {
    explicit Accepting(Listener& owner) noexcept : AcceptOperation(&Listener::accepted), listener(&owner) {}
    Listener* listener;
  };
  struct Retry : Timer {
    explicit Retry(Listener& owner) noexcept : Timer(&Listener::retry), listener(&owner) {}
    Listener* listener;
  };

  static void accepted(Operation& operation, const Completion& completion) noexcept;
  static void retry(Timer& timer) noexcept;
  bool ready() const noexcept { return next_ < waiting_.size() || stopped_; }
  Result<void> start(int descriptor);
  void keep(int descriptor) noexcept;
  void wake_waiter() noexcept;

  Loop* loop_;
  Endpoint endpoint_{SocketAddress{}};
  Accepting operation_{*this};
  Retry retry_{*this};
  std::vector<int> waiting_;  ///< Accepted, not yet asked for.
  std::size_t next_ = 0;
  Arrival* arrival_ = nullptr;
  std::coroutine_handle<> closing_;
  DescriptorReserve reserve_;
  std::uint64_t shed_ = 0;
  bool stopped_ = false;
  bool shared_ = true;  ///< Adopted: others may listen on the same socket.
};

}  // namespace gyre
