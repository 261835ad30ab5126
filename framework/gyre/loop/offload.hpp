#pragma once

#include <gyre/base/box.hpp>
#include <gyre/coro/detail/trampoline.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/loop/loop.hpp>

#include <optional>
#include <tuple>

namespace gyre {

/// How large a pool may become.
struct OffloadOptions {
  /// Threads, started as they are needed. None: the work runs on the loop that offloads it, in a later turn.
  unsigned threads_max = 4;
  /// Jobs of `offload` that may wait for a thread; one more fails with `Errc::limit_exceeded`. What a loop on epoll
  /// does here for files does not count.
  unsigned queue_max = 1024;
};

namespace detail {

/// A blocking function in a pool's queue, on one of its threads, or on its way back to the loop. Stays where it is from
/// `enqueue` until `ended` is called.
class BlockingJob : private Work {
 public:
  BlockingJob(const BlockingJob&) = delete;

 protected:
  using Callback = void (*)(BlockingJob&) noexcept;
  enum class Admission : unsigned char {
    limited,  ///< Refused where `OffloadOptions::queue_max` of them wait.
    always,   ///< Something else bounds their number.
  };

  /// `function` is called on a thread of the pool, then `ended` on the executor's.
  BlockingJob(Callback function, Callback ended, Admission admission) noexcept
      : Work(&BlockingJob::finished), function_(function), ended_(ended), admission_(admission) {}
  ~BlockingJob() = default;

  /// False: refused, and nothing is called. On success it may have run before this returns. Throws
  /// `std::system_error` if the first thread cannot be started.
  bool enqueue(OffloadPool& pool, Executor& executor);
  /// Takes it back, if it has not begun. Then `ended` is called all the same, later, and `withdrawn` is true.
  void withdraw() noexcept;
  bool withdrawn() const noexcept { return withdrawn_; }

 private:
  friend class gyre::OffloadPool;

  void run() noexcept;
  static void finished(Work& work) noexcept;

  Callback function_;
  Callback ended_;
  OffloadPool* pool_ = nullptr;
  Executor* executor_ = nullptr;
  BlockingJob* next_ = nullptr;
  Admission admission_;
  bool withdrawn_ = false;
  bool on_loop_ = false;  ///< The pool has no threads.
};

/// A blocking function that a task waits for. Lives in the task's frame.
class OffloadJob : private BlockingJob, private CancelHook {
 public:
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle,
                     std::source_location where = std::source_location::current()) {
    return submit(handle, context_of(handle, where));
  }
  /// Throws `Cancelled` if it was cancelled before a thread took it, `Failure` if the pool is full.
  void await_resume() const;

 protected:
  explicit OffloadJob(void (*call)(OffloadJob&) noexcept) noexcept
      : BlockingJob(&OffloadJob::run, &OffloadJob::ended, Admission::limited),
        CancelHook(&OffloadJob::on_cancel),
        call_(call) {}
  ~OffloadJob() = default;

 private:
  enum class State : unsigned char { queued, done, cancelled, refused };

  bool submit(std::coroutine_handle<> handle, Context& context);
  static void run(BlockingJob& job) noexcept;
  static void ended(BlockingJob& job) noexcept;
  static void on_cancel(CancelHook& hook) noexcept;

  void (*call_)(OffloadJob&) noexcept;
  std::coroutine_handle<> handle_;
  Context* context_ = nullptr;
  State state_ = State::queued;
};

template <class Function, class... Args>
struct OffloadCall : OffloadJob {
  using Value = std::invoke_result_t<Function&, Args&...>;

  OffloadCall(Function& function_to_call, Args&... arguments) noexcept
      : OffloadJob(&OffloadCall::call), function(&function_to_call), args(&arguments...) {}

  static void call(OffloadJob& job) noexcept {
    auto& self = static_cast<OffloadCall&>(job);
    try {
      const auto invoke = [&self](Args*... arguments) -> Value { return (*self.function)(*arguments...); };
      if constexpr (std::is_void_v<Value>) {
        std::apply(invoke, self.args);
      } else {
        self.value.emplace(std::apply(invoke, self.args));
      }
    } catch (...) {
      self.failure = std::current_exception();
    }
  }

  Function* function;
  std::tuple<Args*...> args;
  std::optional<std::conditional_t<std::is_void_v<Value>, bool, Value>> value;
  std::exception_ptr failure;
};

}  // namespace detail

/// Threads for work that blocks: the file system, a database library, a long computation. Shared by loops. Thread-safe.
class OffloadPool {
 public:
  explicit OffloadPool(OffloadOptions options = {});
  OffloadPool(const OffloadPool&) = delete;
  OffloadPool& operator=(const OffloadPool&) = delete;
  /// Waits for running jobs. Nothing may be queued.
  ~OffloadPool();

  /// Threads that were started so far.
  unsigned threads() const noexcept;
  /// It never has any: a simulation's.
  bool threadless() const noexcept { return options_.threads_max == 0; }

 private:
  friend class detail::BlockingJob;
  struct State;

  bool submit(detail::BlockingJob& job);
  /// Takes a job out of the queue; false if a thread has it already.
  bool remove(detail::BlockingJob& job) noexcept;
  void start_thread();
  void work() noexcept;

  OffloadOptions options_;
  Box<State> state_;
};

/// Runs `function(args...)`, which may block, on the loop's pool, and returns its result; rethrows what it throws. The
/// callable and the arguments are kept until it has returned.
///
/// Cancelled before a thread took it: it never runs, `Cancelled` is thrown. Cancelled while it runs: the task still
/// waits for it (a blocking function cannot be stopped), and its result wins. A full pool: `Failure` with
/// `Errc::limit_exceeded`.
template <class Function, class... Args>
Task<std::invoke_result_t<Function&, Args&...>> offload(Function function, Args... args) {
  detail::OffloadCall<Function, Args...> job{function, args...};
  co_await job;
  if (job.failure) std::rethrow_exception(job.failure);
  if constexpr (!std::is_void_v<std::invoke_result_t<Function&, Args&...>>) co_return std::move(*job.value);
}

}  // namespace gyre
