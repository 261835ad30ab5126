#pragma once

#include <gyre/coro/detail/waiter.hpp>
#include <gyre/loop/loop.hpp>

#include <cstdint>
#include <initializer_list>

namespace gyre {

/// Takes signals out of the default handling of the calling thread, and of the threads that it starts from now on, for
/// as long as it lives. Lives and dies on one thread.
class BlockedSignals {
 public:
  explicit BlockedSignals(std::initializer_list<int> signals) noexcept;
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() { restore(); }

  /// Ends it early: what is pending, or comes from now on, has its default effect again.
  void restore() noexcept;

 private:
  static constexpr std::size_t mask_bytes = 128;  // sigset_t, whose header no public header wants
  alignas(8) unsigned char before_[mask_bytes];
  bool blocked_ = true;
};

/// Takes back a signal that waits for this thread or for the process, without its effect. It must be blocked.
void discard_pending_signal(int signal) noexcept;

/// Signals of the process as events of a loop, without handlers. Block them in every thread first (`BlockedSignals`,
/// before any thread is started), or the default action strikes. In simulation only `Loop::raise` delivers.
class Signals : public ListHook<Signals> {
 public:
  explicit Signals(Loop& loop) noexcept;
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  /// Nobody may be waiting.
  ~Signals();

  /// Starts listening. Once.
  Result<void> open(std::initializer_list<int> signals);

  /// `int signal = co_await signals.next();` The next signal that arrived, lowest number first. Throws `Cancelled`. One
  /// waiter at a time.
  Task<int> next();

  /// Stops listening; a waiter must have been cancelled before. Not cancellable itself, and over in a turn.
  Task<> close();

 private:
  friend class Loop;
  static constexpr std::uint64_t bit(int signal) noexcept { return std::uint64_t{1} << (signal - 1); }

  void deliver(int signal) noexcept;
  static void readable(Operation& operation, const Completion& completion) noexcept;

  struct Arrival : detail::Waiter {
    explicit Arrival(Signals& owner) noexcept : Waiter([](Waiter&) noexcept {}), signals(&owner) {}
    bool await_ready() const noexcept { return signals->pending_ != 0; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      signals->arrival_ = this;
      return true;
    }
    void await_resume() const {
      signals->arrival_ = nullptr;
      if (outcome() == Outcome::cancelled) throw Cancelled{};
    }
    Signals* signals;
  };

  struct Closing {
    Signals* signals;
    explicit Closing(Signals& owner) noexcept : signals(&owner) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const noexcept {
      signals->closing_ = handle;
      signals->loop_->cancel(signals->watch_);
    }
    void await_resume() const noexcept {}
  };

  struct Watch : PollOperation {
    explicit Watch(Signals& owner) noexcept : PollOperation(&Signals::readable), signals(&owner) {}
    Signals* signals;
  };

  Loop* loop_;
  std::uint64_t wanted_ = 0;
  std::uint64_t pending_ = 0;
  Arrival* arrival_ = nullptr;
  std::coroutine_handle<> closing_;
  Watch watch_{*this};
};

}  // namespace gyre
