#pragma once

#include <gyre/compat/detail/callback_ledger.hpp>
#include <gyre/compat/reply_stream.hpp>
#include <gyre/coro/context.hpp>
#include <gyre/coro/task.hpp>

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace gyre {

class BodyWriter;
class Executor;
class Request;
namespace detail {
class ReplyState;
}

namespace internal {

/// What the copies of a `ReplyStream` and the task that sends its body share. On the heap: either side may outlive the
/// other. The task waits in `Arrival`, which either side of the application or a cancellation ends, the first to come;
/// as with `ReplyState` it waits for a post that is on its way, so nobody posts to a loop that is gone.
class StreamState final : private Work {
 public:
  /// Owned by the sender, and by one handle. On any thread.
  StreamState(const detail::ReplyState& reply, const ReplyStreamOptions& options) noexcept;
  StreamState(const StreamState&) = delete;
  StreamState& operator=(const StreamState&) = delete;

  // --- on any thread: see `ReplyStream` ---------------------------------------------------------------------------
  bool offer(std::string_view piece);
  void on_writable(Callback<void()> callback);
  bool write(std::string_view piece);
  void add_trailer(std::string_view name, std::string_view value);
  void end(std::exception_ptr failure = nullptr) noexcept;
  bool alive() noexcept;
  void on_cancel(Callback<void(CancelReason)> callback);
  void add_handle() noexcept { handles_.fetch_add(1, std::memory_order_relaxed); }
  void drop_handle() noexcept;

  // --- on the loop's thread, by the sender ------------------------------------------------------------------------
  /// Sends what is offered until that ends.
  Task<> send(BodyWriter& out) { return send_all(this, &out); }
  /// Nothing is sent any more: gives up the sender's share.
  void leave() noexcept;

 private:
  enum class End : unsigned char {
    none,
    whole,
    failed,
    let_go,  ///< Of by all handles.
  };
  /// Waits until there is something to do.
  class Arrival : private CancelHook {
   public:
    explicit Arrival(StreamState& state) noexcept : CancelHook(&Arrival::on_cancel), state_(&state) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      return park(handle, detail::context_of(handle, where));
    }
    void await_resume() noexcept { CancelHook::unlink(); }

   private:
    bool park(std::coroutine_handle<> handle, Context& context) noexcept;
    static void on_cancel(CancelHook& hook) noexcept;
    StreamState* state_;
  };

  ~StreamState() = default;

  static Task<> send_all(StreamState* self, BodyWriter* out);
  static Task<> send_until_end(StreamState* self, BodyWriter* out);
  bool open() const noexcept { return end_ == End::none && !gone_; }
  std::size_t pending() const noexcept { return queue_.size() + sending_; }
  bool news() const noexcept { return !queue_.empty() || end_ != End::none || (on_writable_ && has_room()); }
  bool has_room() const noexcept { return pending() < queue_max_; }
  /// Has the sender look again. Takes the lock, and gives it back.
  void wake(std::unique_lock<std::mutex> lock) noexcept;
  /// Tells who waits for room, if there is some, or nobody will ever read.
  void tell_writable() noexcept;
  void give_up(CancelReason reason) noexcept;
  void tell() noexcept { ledger_->tell(*request_, name_); }
  void release() noexcept {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  static void arrived(Work& work) noexcept;

  Executor* executor_;
  const void* loop_thread_;
  Shared<detail::CallbackLedger> ledger_;
  Request* request_;  ///< Good while it is being sent.
  const char* name_;
  std::size_t queue_max_;
  std::coroutine_handle<> handle_;
  Context* context_ = nullptr;

  std::mutex mutex_;  ///< Of all that follows.
  std::condition_variable room_;
  std::string queue_;
  std::size_t sending_ = 0;  ///< Bytes that the sender has taken out and not written.
  std::vector<std::pair<std::string, std::string>> trailers_;
  std::exception_ptr failure_;
  Callback<void()> on_writable_;
  std::vector<Callback<void(CancelReason)>> on_cancel_;
  CancelReason reason_ = CancelReason::none;  ///< Why it is gone.
  End end_ = End::none;
  bool gone_ = false;    ///< Nobody sends any more.
  bool parked_ = false;  ///< The sender waits, and nobody has woken it.

  std::atomic<unsigned> handles_ = 1;
  std::atomic<unsigned> owners_ = 2;  ///< The sender, and all handles together.
};

}  // namespace internal
}  // namespace gyre
