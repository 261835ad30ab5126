#pragma once

#include <gyre/base/intrusive_list.hpp>
#include <gyre/base/result.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/loop/backend.hpp>
#include <gyre/loop/operation.hpp>
#include <gyre/loop/timer.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gyre {

class LoopDriver;
class OffloadPool;
class Signals;
namespace detail {
class Limit;
}

/// Something that wants to act once before the loop waits again: a connection that has answers to send.
class FlushHook : public ListHook<FlushHook> {
 public:
  explicit FlushHook(void (*flush)(FlushHook& self) noexcept) noexcept : flush_(flush) {}

 private:
  friend class Loop;
  void (*flush_)(FlushHook& self) noexcept;
};

/// A simulated run in which every task waits and nothing can wake any of them.
class Deadlock : public std::runtime_error {
 public:
  /// `tasks` is the text of the loop's `TaskTree`, or empty without one. `what()` says what happened; the tasks follow,
  /// a line each.
  explicit Deadlock(const std::string& tasks = {});
};

/// How a listener is opened.
struct ListenOptions {
  int backlog = 4096;
  /// Several listeners on one address, one per loop: the kernel spreads the connections.
  bool reuse_port = false;
  /// With `reuse_port`: the address must be free, only listeners opened later share it. For the first of them; without
  /// it a second process of the same user would silently take half of the connections.
  bool claim_port = false;
  /// Accepted TCP connections send small packets at once.
  bool no_delay = true;
};

enum class ShutdownSide : std::uint8_t { receive, send, both };

/// One thread's event loop: what runs tasks, timers and operations. Everything but `post` belongs to the thread that
/// runs it. See docs/design/0001-loop.md for the contract of operations.
class Loop : public Executor {
 public:
  virtual ~Loop();

  virtual Backend backend() const noexcept = 0;

  /// Runs `task` and everything it starts until it ends, and returns its result. Rethrows what it threw. In
  /// simulation a task that can never end is cancelled, if that is not enough what it has shielded, too, and once it
  /// has ended `Deadlock` is thrown.
  template <class T>
  T run(Task<T> task);

  /// The loop that a task runs on. Only inside a loop's tasks (not in `sync_wait`).
  static Loop& of(Context& context) noexcept;

  // --- time -----------------------------------------------------------------------------------------------------
  TimePoint now() const noexcept final { return now_; }
  /// Wall-clock time since 1970-01-01 UTC, for dates in messages only. In simulation it starts at 2026-01-01.
  virtual Duration wall_time() const noexcept;
  /// When the turn that it is in began, on the system's monotonic clock; nothing while it waits. From any thread.
  std::optional<TimePoint> turn_began() const noexcept {
    const Duration::rep began = turn_began_.load(std::memory_order_relaxed);
    if (began == not_in_a_turn) return std::nullopt;
    return TimePoint{Duration{began}};
  }
  /// Arms or moves a timer; it disarms itself.
  void arm(Timer& timer, TimePoint when) noexcept { timers_.arm(timer, when); }
  /// Whether a timer is armed: none is at the end of a test that cleans up.
  bool has_timers() noexcept { return !timers_.empty(); }

  // --- work -----------------------------------------------------------------------------------------------------
  void schedule(Work& work) noexcept final { ready_.push(work); }
  void post(Work& work) noexcept final;
  /// Has `hook` called once at the end of this turn, before the loop waits. Nothing if it is already asked for.
  void flush_later(FlushHook& hook) noexcept {
    if (!hook.linked()) flush_.push_back(hook);
  }
  /// A number from the loop's generator: seeded in simulation.
  std::uint64_t random() noexcept;
  /// The pool for blocking work; made at first use if none was given. In simulation it has no threads: the work runs on
  /// the loop.
  OffloadPool& offload_pool();
  void set_offload_pool(Shared<OffloadPool> pool) noexcept { offload_pool_ = std::move(pool); }

  /// Delivers a signal number to every `Signals` of this loop that asked for it, as if the process had received it.
  void raise(int signal) noexcept;

  // --- operations -----------------------------------------------------------------------------------------------
  /// Starts an operation. Errors arrive as its completion.
  void submit(Operation& operation) noexcept;
  /// Asks an armed operation to end. Nothing happens if it is not armed.
  void cancel(Operation& operation) noexcept;
  /// Operations that have not ended.
  std::size_t armed() const noexcept { return armed_; }

  // --- descriptors ----------------------------------------------------------------------------------------------
  virtual Result<int> open_listener(const SocketAddress& address, const ListenOptions& options) = 0;
  /// A stream socket of the address's family, to connect.
  virtual Result<int> open_socket(const SocketAddress& address) = 0;
  virtual Result<SocketAddress> local_address(int descriptor) = 0;
  virtual Result<SocketAddress> peer_address(int descriptor) = 0;
  virtual void shutdown(int descriptor, ShutdownSide side) noexcept = 0;
  /// Closes a descriptor with nothing armed on it. On io_uring that takes effect when the loop next waits.
  virtual void close(int descriptor) noexcept = 0;
  /// Closes a connection so that the peer cannot take what it got for all of it: after the bytes that have arrived it
  /// reads `Errc::connection_reset` instead of the end (RST, RFC 9293 section 3.10.4). What is still on its way may be
  /// lost. Nothing may be armed on it. Unix sockets know no reset: there, and for all that is no connection, this is
  /// `close`.
  virtual void reset(int descriptor) noexcept = 0;

 protected:
  explicit Loop(Duration tick) noexcept;

  // --- what a backend does ----------------------------------------------------------------------------------------
  virtual void start(Operation& operation) noexcept = 0;
  virtual void stop(Operation& operation) noexcept = 0;
  /// Hands the queued operations over and waits for a completion, a wake or `until`; not at all if `until` has passed.
  /// Collects what ended, sets the time. False if nothing can ever happen again (simulation only).
  virtual bool wait(TimePoint until) noexcept = 0;
  /// Runs a bounded number of collected completions through `complete`. False if some are left.
  virtual bool dispatch() noexcept = 0;
  /// Ends a `wait` from another thread.
  virtual void wake() noexcept = 0;
  virtual std::uint64_t seed() noexcept = 0;
  /// For a `LoopDriver`: a descriptor that becomes readable when a completion or a `wake` arrives while nobody is
  /// inside `wait`, once all before have been collected. The loop's own, the same at each call; -1 in simulation.
  /// Errors: those of the kernel, which may have to make one.
  virtual Result<int> open_watched() = 0;
  /// For a `LoopDriver`: hands the queued operations over, so that what they bring reaches that descriptor. Collects
  /// nothing. True if something is there, or was collected before, that `wait` and `dispatch` have to look at first.
  virtual bool hand_over() noexcept = 0;

  /// Waits until no other thread is inside `post`. To be called first in a backend's destructor.
  void await_posts() const noexcept;
  /// Hands a completion to the operation's owner; a last one disarms it first.
  void complete(Operation& operation, const Completion& completion) noexcept;
  void set_now(TimePoint now) noexcept { now_ = now; }

  // What a backend may look at in an operation.
  static bool cancel_asked(const Operation& operation) noexcept { return operation.cancel_asked_; }
  static bool& parked(Operation& operation) noexcept { return operation.parked_; }

 private:
  static constexpr unsigned work_per_turn = 256;
  /// A deadline that fires costs more than most work: many at once must not keep I/O waiting.
  static constexpr unsigned timers_per_turn = 128;
  static constexpr Duration::rep not_in_a_turn = Duration::min().count();

  /// One turn. False if nothing can ever happen again.
  bool turn() noexcept { return turn(timers_.next()); }
  /// One that waits until `until` at the latest.
  bool turn(TimePoint until) noexcept;
  /// There is work that waits for nothing but a turn.
  bool busy() const noexcept {
    return backlog_ || !ready_.empty() || !flush_.empty() || posted_.load(std::memory_order_relaxed) != nullptr;
  }
  void take_posted() noexcept;
  void run_ready() noexcept;
  void flush() noexcept;
  void refresh() noexcept;
  void run_until(const bool& done, Context& root);
  void break_deadlock(unsigned times, Context& root);

  TimePoint now_{};
  TimerWheel timers_;
  WorkQueue ready_;
  std::atomic<Work*> posted_{nullptr};
  std::atomic<unsigned> posting_{0};  ///< Threads inside `post`.
  IntrusiveList<FlushHook> flush_;
  std::atomic<Duration::rep> turn_began_{not_in_a_turn};
  std::size_t armed_ = 0;
  bool backlog_ = false;  ///< The last dispatch left completions over.
  std::uint64_t random_state_ = 0;
  Shared<OffloadPool> offload_pool_;

  friend class LoopDriver;
  friend class detail::Limit;
  /// The parent of all that is shielded: cancelled only where else a simulation would be stuck for ever.
  std::optional<Context> shielded_;

  friend class Signals;
  IntrusiveList<Signals> signals_;
};

template <class T>
T Loop::run(Task<T> task) {
  struct Done : TaskObserver {
    Done() noexcept : TaskObserver([](TaskObserver& self) noexcept { static_cast<Done&>(self).done = true; }) {}
    bool done = false;
  } observer;
  Context root{*this};
  refresh();
  task.start(root, observer);
  run_until(observer.done, root);
  return task.result();
}

}  // namespace gyre
