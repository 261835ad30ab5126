#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/base/error.hpp>
#include <gyre/base/intrusive_list.hpp>
#include <gyre/coro/detail/waiter.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace gyre {

/// So many may be at it at a time: a number of permits that the tasks of one thread take and give back.
///
///     const Semaphore::Permit permit = co_await connections.acquire();
///
/// First come, first served: who waits gets the next permit, and nobody who comes later passes by. Allocates nothing.
/// Not thread-safe. Outlives its waiters and permits.
class Semaphore {
 public:
  explicit Semaphore(std::size_t permits) noexcept : available_(permits) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore() { GYRE_ASSERT(waiters_.empty()); }

  /// One permit, given back when it dies. Move-only.
  class [[nodiscard]] Permit {
   public:
    Permit() noexcept = default;
    Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      if (this != &other) {
        release();
        semaphore_ = std::exchange(other.semaphore_, nullptr);
      }
      return *this;
    }
    ~Permit() { release(); }

    /// False once it was given back or moved away.
    explicit operator bool() const noexcept { return semaphore_ != nullptr; }
    /// Gives it back now. The first who waits goes on, on the executor's next turn.
    void release() noexcept {
      if (semaphore_ != nullptr) std::exchange(semaphore_, nullptr)->give_back();
    }

   private:
    friend class Semaphore;
    explicit Permit(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}
    Semaphore* semaphore_ = nullptr;
  };

  class Awaiter : public detail::Waiter, public ListHook<Semaphore> {
   public:
    explicit Awaiter(Semaphore& semaphore) noexcept : Waiter(&Awaiter::leave), semaphore_(&semaphore) {}
    /// Only before it is awaited.
    Awaiter(Awaiter&& other) noexcept : Awaiter(*other.semaphore_) {}

    bool await_ready() const noexcept { return semaphore_->take(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      semaphore_->waiters_.push_back(*this);
      return true;
    }
    Permit await_resume() const {
      if (outcome() == Outcome::cancelled) throw Cancelled{};
      return Permit{*semaphore_};
    }

   private:
    static void leave(Waiter& waiter) noexcept {
      static_cast<ListHook<Semaphore>&>(static_cast<Awaiter&>(waiter)).unlink();
    }
    Semaphore* semaphore_;
  };

  /// Waits for a permit. One that is free is had at once, even in a cancelled context. Throws `Cancelled` if the
  /// context is cancelled first; then the place in the queue is given up and the next permit goes to the next. If a
  /// permit is granted and the context cancelled in one turn, the first wins: a permit that was granted is returned,
  /// never lost.
  [[nodiscard]] Awaiter acquire() noexcept { return Awaiter{*this}; }

  /// A permit, if one is free.
  std::optional<Permit> try_acquire() noexcept {
    if (!take()) return std::nullopt;
    return std::optional<Permit>{Permit{*this}};
  }

  /// Permits that are free.
  std::size_t available() const noexcept { return available_; }

 private:
  // While somebody waits nothing is free: what is given back goes from hand to hand.
  bool take() noexcept {
    if (available_ == 0) return false;
    --available_;
    return true;
  }
  void give_back() noexcept {
    if (waiters_.empty()) {
      ++available_;
    } else {
      waiters_.pop_front().wake();
    }
  }

  std::size_t available_;
  IntrusiveList<Awaiter, Semaphore> waiters_;
};

}  // namespace gyre
