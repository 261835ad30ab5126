#include <gyre/loop/detail/conversation.hpp>

#include <gyre/base/error.hpp>

#include <thread>
#include <utility>

namespace gyre::detail {

Conversation::Conversation(OffloadPool& pool) noexcept
    : BlockingJob(&Conversation::run_on_pool, &Conversation::ended, Admission::limited),
      CancelHook(&Conversation::on_cancel),
      pool_(&pool),
      takes_turns_(pool.threadless()) {}

Conversation::Conversation(FunctionStarter& starter) noexcept
    : BlockingJob(&Conversation::run_on_pool, &Conversation::ended, Admission::limited),
      CancelHook(&Conversation::on_cancel),
      starter_(&starter),
      takes_turns_(false) {}

class Conversation::Turn {
 public:
  explicit Turn(Conversation& conversation) noexcept : conversation_(&conversation) {}
  Turn(Turn&& other) noexcept : conversation_(std::exchange(other.conversation_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (conversation_ == nullptr) return;
    conversation_->failure_ = std::make_exception_ptr(Failure{Errc::limit_exceeded});
    end();
  }

  void operator()() noexcept {
    if (conversation_ == nullptr) return;  // called again
    conversation_->run_all();
    end();
  }

 private:
  // The last touch is the post: the loop may destroy the conversation right after it.
  void end() noexcept {
    Conversation& over = *std::exchange(conversation_, nullptr);
    over.context_->executor().post(over.end_note_);
  }

  Conversation* conversation_;
};

void Conversation::begin() {
  if (starter_ != nullptr) {
    begun_ = true;
    try {
      starter_->start(Turn{*this});
    } catch (...) {
      // the turn is gone, and has told of the end
    }
  } else if (!enqueue(*pool_, context_->executor())) {
    CancelHook::unlink();
    throw Failure{Errc::limit_exceeded};
  }
}

Task<> Conversation::serve() {
  context_ = &co_await this_context();
  if (context_->cancelled()) throw Cancelled{};
  context_->add_hook(*this);
  begin();
  std::thread thread;  // where the pool has none
  for (;;) {
    co_await Hearing{*this};
    const News news = std::exchange(news_, News::none);
    if (news == News::end) break;
    if (news == News::queued) {
      try {
        thread = std::thread{[this] { run_all(); }};
      } catch (...) {
        failure_ = std::current_exception();
        break;
      }
    }
    if (news == News::call) {
      try {
        Task<> done = do_call();
        co_await std::move(done);
      } catch (...) {  // no memory for its frame; the function waits for an end
        call_->failure = std::current_exception();
      }
      give_word(Word::function);
    }
    if (!takes_turns_) continue;
    wait_for_word(Word::loop);
    hear(over_ ? News::end : News::call);
  }
  CancelHook::unlink();
  if (thread.joinable()) thread.join();
  if (withdrawn()) throw Cancelled{};
  if (failure_) std::rethrow_exception(failure_);
}

Task<> Conversation::do_call() {
  try {
    Task<> task = call_->run();
    co_await std::move(task);
  } catch (...) {
    call_->failure = std::current_exception();
  }
}

void Conversation::call(LoopCall& call) {
  call_ = &call;
  give_word(Word::loop);
  if (!takes_turns_) context_->executor().post(call_note_);
  wait_for_word(Word::function);
  if (call.failure) std::rethrow_exception(call.failure);
}

void Conversation::hear(News news) noexcept {
  news_ = news;
  if (parked_) resume_in(*context_, std::exchange(parked_, {}));
}

void Conversation::wait_for_word(Word mine) noexcept {
  for (Word now = word_.load(std::memory_order_acquire); now != mine; now = word_.load(std::memory_order_acquire)) {
    word_.wait(now, std::memory_order_acquire);
  }
}

void Conversation::give_word(Word other) noexcept {
  word_.store(other, std::memory_order_release);
  word_.notify_one();
}

// The function from beginning to end, on whichever thread.
void Conversation::run_all() noexcept {
  try {
    run_function();
  } catch (...) {
    failure_ = std::current_exception();
  }
  over_ = true;
  if (takes_turns_) give_word(Word::loop);
}

// On a thread of the pool; on the loop where the pool has none: then the function gets a thread from the task.
void Conversation::run_on_pool(BlockingJob& job) noexcept {
  auto& self = static_cast<Conversation&>(job);
  if (!self.takes_turns_) self.run_all();
}

void Conversation::ended(BlockingJob& job) noexcept {
  auto& self = static_cast<Conversation&>(job);
  self.begun_ = self.takes_turns_ && !self.withdrawn();
  self.hear(self.begun_ ? News::queued : News::end);
}

void Conversation::note_arrived(gyre::Work& work) noexcept {
  const auto& note = static_cast<Note&>(work);
  note.conversation->hear(note.news);
}

void Conversation::on_cancel(CancelHook& hook) noexcept {
  auto& self = static_cast<Conversation&>(hook);
  self.cancelled_.store(true, std::memory_order_relaxed);
  if (!self.begun_) self.withdraw();
}

}  // namespace gyre::detail
