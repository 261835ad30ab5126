#pragma once

#include <gyre/coro/semaphore.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/net/tls/handshake_observer.hpp>

namespace gyre::http {

/// The handshakes of a loop that are under way: so many, the next ones wait for a place in the order of their arrival.
///
/// While somebody waits, those whose client keeps them waiting have to give way: the one that has waited longest goes
/// first, and none before its client has had `stall`. What a client sends buys it no time until it is all that it has
/// to send. Whoever computes, or waits for a certificate or a verdict, keeps its place: that is no fault of its client.
class HandshakePlaces : private Timer {
 public:
  /// `loop` outlives it; it outlives its places.
  HandshakePlaces(Loop& loop, std::size_t count, Duration stall) noexcept
      : Timer(&HandshakePlaces::on_time), loop_(&loop), free_(count), stall_(stall) {}
  HandshakePlaces(const HandshakePlaces&) = delete;
  HandshakePlaces& operator=(const HandshakePlaces&) = delete;
  ~HandshakePlaces() = default;

  /// The place of one handshake, from `take` until it dies.
  class Place final : public TlsHandshakeObserver, public ListHook<Place>, public ListHook<HandshakePlaces> {
   public:
    /// `context` is cancelled (`CancelReason::shed`) when it has to give way.
    Place(HandshakePlaces& all, Context& context) noexcept : all_(&all), context_(&context) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

    /// Waits until there is one. Throws `Cancelled`. Once.
    Task<> take();

    void client_is_due() noexcept override;
    void client_was_heard() noexcept override { is_due_ = false; }
    void handshake_advanced() noexcept override;

   private:
    friend class HandshakePlaces;
    using Turn = ListHook<Place>;
    using Queued = ListHook<HandshakePlaces>;

    void leave_queue() noexcept;

    HandshakePlaces* all_;
    Context* context_;
    Semaphore::Permit permit_;
    TimePoint since_{};    ///< The client has had its turn since then.
    bool is_due_ = false;  ///< It is waited for.
    bool leaves_ = false;  ///< It gives way.
  };

 private:
  static void on_time(Timer& timer) noexcept { static_cast<HandshakePlaces&>(timer).make_room(); }
  void make_room() noexcept;

  Loop* loop_;
  Semaphore free_;
  Duration stall_;
  IntrusiveList<Place> turns_;                   ///< Those whose client has its turn, longest first.
  IntrusiveList<Place, HandshakePlaces> queue_;  ///< Those that wait for a permit, in the order of the semaphore's.
  std::size_t waiting_ = 0;                      ///< In `queue_`.
  std::size_t leaving_ = 0;                      ///< Give way, and have not gone yet.
};

}  // namespace gyre::http
