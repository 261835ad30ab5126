#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/loop/offload.hpp>

#include <atomic>
#include <exception>

namespace gyre {

/// Threads that are somebody else's, for blocking functions: see `offload_calling`.
class FunctionStarter {
 public:
  /// Has `function` called once, on another thread, or destroys it without that: then whoever waits for it gets
  /// `Errc::limit_exceeded`. On the loop's thread, which must not be blocked.
  virtual void start(Callback<void()> function) = 0;

 protected:
  ~FunctionStarter() = default;
};

}  // namespace gyre

namespace gyre::detail {

/// Something that a blocking function wants done on the loop. Lies on that function's stack.
class LoopCall {
 public:
  /// On the loop's thread.
  virtual Task<> run() = 0;
  std::exception_ptr failure;

 protected:
  ~LoopCall() = default;
};

/// A blocking function on a thread of a pool, and the task on the loop that does what it asks for: see
/// `offload_calling`. One of the two has the word at a time.
class Conversation : private BlockingJob, private CancelHook {
 public:
  explicit Conversation(OffloadPool& pool) noexcept;
  explicit Conversation(FunctionStarter& starter) noexcept;

  /// Has the function called, serves its calls, and ends when it has returned. On the loop, once.
  Task<> serve();

  /// Has `call` run, and waits for its end. On the function's thread. Rethrows its failure.
  void call(LoopCall& call);
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

 protected:
  ~Conversation() = default;
  /// On the function's thread.
  virtual void run_function() = 0;

 private:
  enum class Word : unsigned char { function, loop };
  enum class News : unsigned char { none, queued, call, end };

  /// What tells the loop of a call, or of the end.
  struct Note : gyre::Work {
    Note(Conversation& owner, News news_to_tell) noexcept
        : gyre::Work(&Conversation::note_arrived), conversation(&owner), news(news_to_tell) {}
    Conversation* conversation;
    News news;
  };
  /// What a `FunctionStarter` gets: tells of the end, also if it is never called.
  class Turn;
  /// Parks the task until there is news.
  class Hearing {
   public:
    explicit Hearing(Conversation& conversation) noexcept : conversation_(&conversation) {}
    bool await_ready() const noexcept { return conversation_->news_ != News::none; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      (void)context_of(handle, where);
      conversation_->parked_ = handle;
    }
    void await_resume() const noexcept {}

   private:
    Conversation* conversation_;
  };

  void begin();
  Task<> do_call();
  void hear(News news) noexcept;
  void wait_for_word(Word mine) noexcept;
  void give_word(Word other) noexcept;
  void run_all() noexcept;

  static void run_on_pool(BlockingJob& job) noexcept;
  static void ended(BlockingJob& job) noexcept;
  static void note_arrived(gyre::Work& work) noexcept;
  static void on_cancel(CancelHook& hook) noexcept;

  OffloadPool* pool_ = nullptr;
  FunctionStarter* starter_ = nullptr;  ///< Where there is no pool.
  Context* context_ = nullptr;
  Note call_note_{*this, News::call};
  Note end_note_{*this, News::end};  ///< A pool has its own way.
  LoopCall* call_ = nullptr;
  std::exception_ptr failure_;  ///< What the function has thrown.
  std::coroutine_handle<> parked_;
  News news_ = News::none;
  bool takes_turns_;    ///< The pool has no threads.
  bool begun_ = false;  ///< It cannot be withdrawn: there is a thread of the task's own, or a starter has it.
  std::atomic<bool> cancelled_ = false;
  std::atomic<Word> word_ = Word::function;
  bool over_ = false;  ///< Of the function; read by who has got the word from it.
};

}  // namespace gyre::detail
