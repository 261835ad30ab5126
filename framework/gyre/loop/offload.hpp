#pragma once

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
  /// Jobs that may wait for a thread; one more fails with `Errc::limit_exceeded`.
  unsigned queue_max = 1024;
};

namespace detail {

/// A blocking function on its way through a pool. Lives in the frame that waits for it.
class OffloadJob : private Work, private CancelHook {
 public:
  OffloadJob(const OffloadJob&) = delete;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle) {
    return submit(handle, context_of(handle));
  }
  /// Throws `Cancelled` if it was cancelled before a thread took it, `Failure` if the pool is full.
  void await_resume() const;

 protected:
  explicit OffloadJob(void (*function)(OffloadJob&) noexcept) noexcept
      : Work(&OffloadJob::finished), CancelHook(&OffloadJob::on_cancel), function_(function) {}
  ~OffloadJob() = default;

 private:
  friend class gyre::OffloadPool;
  enum class State : unsigned char { queued, done, cancelled, refused };

  bool submit(std::coroutine_handle<> handle, Context& context);
  void run() noexcept;
  static void finished(Work& work) noexcept;
  static void on_cancel(CancelHook& hook) noexcept;

  void (*function_)(OffloadJob&) noexcept;
  OffloadPool* pool_ = nullptr;
  Context* context_ = nullptr;
  std::coroutine_handle<> handle_;
  OffloadJob* next_ = nullptr;
  State state_ = State::queued;
  bool on_loop_ = false;  ///< The pool has no threads.
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

 private:
  friend class detail::OffloadJob;
  struct State;

  bool submit(detail::OffloadJob& job);
  /// Takes a job out of the queue; false if a thread has it already.
  bool remove(detail::OffloadJob& job) noexcept;
  void work() noexcept;

  OffloadOptions options_;
  std::unique_ptr<State> state_;
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
