#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/base/error.hpp>
#include <gyre/base/intrusive_list.hpp>
#include <gyre/base/result.hpp>
#include <gyre/coro/detail/waiter.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace gyre {

/// A bounded queue between tasks of one thread: who sends waits while it is full, who receives while it is empty.
///
///     const Result<void> sent = co_await channel.send(std::move(job));
///
///     while (std::optional<Job> job = co_await channel.receive()) handle(*job);
///
/// Any number of senders and receivers; both are served in the order in which they came, and values arrive in the order
/// in which they were sent. Each value reaches exactly one receiver. Allocates its ring once and nothing per value. Not
/// thread-safe. Outlives those who wait; values that nobody took die with it.
template <class T>
class Channel {
 public:
  class Sender;
  class Receiver;

 private:
  using SenderHook = ListHook<Sender>;
  using ReceiverHook = ListHook<Receiver>;
  static_assert(std::is_nothrow_move_constructible_v<T>, "gyre: a value on its way must not throw when it is moved");

 public:
  /// Room for so many values, at least one.
  explicit Channel(std::size_t capacity) : capacity_(capacity == 0 ? 1 : capacity), ring_(capacity_) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() { GYRE_ASSERT(senders_.empty() && receivers_.empty()); }

  /// Hands over a value; `Errc::closed` once the channel is closed, also if that happens while it waits. Where there is
  /// room it does not wait and succeeds even in a cancelled context. Throws `Cancelled` if the context is cancelled
  /// while it waits. If room and a cancellation come in one turn, the first wins. In every case but success the value
  /// never reaches a receiver and dies with the await.
  [[nodiscard]] Sender send(T value) noexcept { return Sender{*this, std::move(value)}; }

  /// The next value; nothing once the channel is closed and all that was sent before has been received. A value that is
  /// there is received even in a cancelled context. Throws `Cancelled` if the context is cancelled while it waits. If a
  /// value and a cancellation come in one turn, the first wins: a value that was handed to this receiver is returned,
  /// and one that comes after the cancellation goes to the next receiver.
  [[nodiscard]] Receiver receive() noexcept { return Receiver{*this}; }

  /// Hands over the value if there is room. If not, or if the channel is closed: false, and the value stays.
  bool try_send(T&& value) noexcept {
    if (closed_) return false;
    return offer(value);
  }
  /// The next value, if there is one.
  std::optional<T> try_receive() noexcept {
    std::optional<T> value;
    if (size_ > 0) take(value);
    return value;
  }

  /// Nothing more is sent: who waits to send gets `Errc::closed`, who waits to receive gets nothing. What is in the
  /// channel can still be received.
  void close() noexcept {
    closed_ = true;
    while (!senders_.empty()) senders_.pop_front().wake();
    while (!receivers_.empty()) receivers_.pop_front().wake();
  }
  bool closed() const noexcept { return closed_; }

  /// Values that were sent and not yet handed to a receiver.
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }

  class Sender : public detail::Waiter, public SenderHook {
   public:
    Sender(Channel& channel, T&& value) noexcept
        : Waiter(&Sender::leave), channel_(&channel), value_(std::move(value)) {}
    /// Only before it is awaited.
    Sender(Sender&& other) noexcept : Sender(*other.channel_, std::move(other.value_)) {}

    bool await_ready() noexcept {
      sent_ = !channel_->closed_ && channel_->offer(value_);
      return sent_ || channel_->closed_;
    }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      channel_->senders_.push_back(*this);
      return true;
    }
    Result<void> await_resume() const {
      if (outcome() == Outcome::cancelled) throw Cancelled{};
      if (!sent_) return Errc::closed;
      return {};
    }

   private:
    friend class Channel;
    static void leave(Waiter& waiter) noexcept { static_cast<SenderHook&>(static_cast<Sender&>(waiter)).unlink(); }
    Channel* channel_;
    T value_;
    bool sent_ = false;
  };

  class Receiver : public detail::Waiter, public ReceiverHook {
   public:
    explicit Receiver(Channel& channel) noexcept : Waiter(&Receiver::leave), channel_(&channel) {}
    /// Only before it is awaited.
    Receiver(Receiver&& other) noexcept : Receiver(*other.channel_) {}

    bool await_ready() noexcept {
      if (channel_->size_ > 0) channel_->take(value_);
      return value_.has_value() || channel_->closed_;
    }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      channel_->receivers_.push_back(*this);
      return true;
    }
    std::optional<T> await_resume() {
      if (outcome() == Outcome::cancelled) throw Cancelled{};
      return std::move(value_);
    }

   private:
    friend class Channel;
    static void leave(Waiter& waiter) noexcept { static_cast<ReceiverHook&>(static_cast<Receiver&>(waiter)).unlink(); }
    Channel* channel_;
    std::optional<T> value_;
  };

 private:
  // Receivers wait only while the ring is empty, senders only while it is full.
  bool offer(T& value) noexcept {
    if (!receivers_.empty()) {
      Receiver& receiver = receivers_.pop_front();
      receiver.value_.emplace(std::move(value));
      receiver.wake();
      return true;
    }
    if (size_ == capacity_) return false;
    push(value);
    return true;
  }
  void push(T& value) noexcept {
    std::size_t last = first_ + size_;
    if (last >= capacity_) last -= capacity_;
    ring_[last].emplace(std::move(value));
    ++size_;
  }
  void take(std::optional<T>& place) noexcept {
    std::optional<T>& slot = ring_[first_];
    place.emplace(std::move(*slot));
    slot.reset();
    if (++first_ == capacity_) first_ = 0;
    --size_;
    if (senders_.empty()) return;
    Sender& sender = senders_.pop_front();
    push(sender.value_);
    sender.sent_ = true;
    sender.wake();
  }

  std::size_t capacity_;
  std::vector<std::optional<T>> ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  bool closed_ = false;
  IntrusiveList<Sender> senders_;
  IntrusiveList<Receiver> receivers_;
};

}  // namespace gyre
