#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/base/error.hpp>
#include <gyre/base/intrusive_list.hpp>
#include <gyre/coro/detail/waiter.hpp>

namespace gyre {

/// Something that happens once and stays so. Any number of tasks of one thread wait for it.
///
/// It cannot be reset: "has it happened?" never turns from true to false, so no waiter can miss it. Not thread-safe.
/// Outlives its waiters.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { GYRE_ASSERT(waiters_.empty()); }

  bool is_set() const noexcept { return set_; }

  /// Lets it happen: every waiter goes on, in the order in which they came, on the executor's next turn.
  void set() noexcept {
    set_ = true;
    while (!waiters_.empty()) waiters_.pop_front().wake();
  }

  class Awaiter : public detail::Waiter, public ListHook<Event> {
   public:
    explicit Awaiter(Event& event) noexcept : Waiter(&Awaiter::leave), event_(&event) {}
    /// Only before it is awaited.
    Awaiter(Awaiter&& other) noexcept : Awaiter(*other.event_) {}
    bool await_ready() const noexcept { return event_->set_; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      event_->waiters_.push_back(*this);
      return true;
    }
    void await_resume() const {
      if (outcome() == Outcome::cancelled) throw Cancelled{};
    }

   private:
    static void leave(Waiter& waiter) noexcept {
      static_cast<ListHook<Event>&>(static_cast<Awaiter&>(waiter)).unlink();
    }
    Event* event_;
  };

  /// `co_await event.wait();` Returns at once if it has happened, even in a cancelled context. Throws `Cancelled` if
  /// the context is cancelled first. If both happen in one turn, the first wins.
  Awaiter wait() noexcept { return Awaiter{*this}; }

 private:
  IntrusiveList<Awaiter, Event> waiters_;
  bool set_ = false;
};

}  // namespace gyre
