#include <gyre/http/internal/handshake_places.hpp>

namespace gyre::http {

// Who gets the permit does not wait any more from here on, although he goes on later. One that is cancelled already has
// left the semaphore.
HandshakePlaces::Place::~Place() {
  if (!permit_) return;
  if (leaves_) --all_->leaving_;
  Place* const next = all_->queue_.find([](Place& place) { return !place.context_->cancelled(); });
  if (next != nullptr) next->leave_queue();
  permit_.release();
}

void HandshakePlaces::Place::leave_queue() noexcept {
  Queued::unlink();
  --all_->waiting_;
}

Task<> HandshakePlaces::Place::take() {
  if (auto free = all_->free_.try_acquire()) {
    permit_ = std::move(*free);
    co_return;
  }
  all_->queue_.push_back(*this);
  ++all_->waiting_;
  all_->make_room();
  try {
    permit_ = co_await all_->free_.acquire();
  } catch (const Cancelled&) {
    leave_queue();
    throw;
  }
}

void HandshakePlaces::Place::client_is_due() noexcept {
  is_due_ = true;
  if (leaves_) return;
  if (!Turn::linked()) {
    since_ = all_->loop_->now();
    all_->turns_.push_back(*this);
  }
  if (all_->waiting_ != 0) all_->make_room();
}

void HandshakePlaces::Place::handshake_advanced() noexcept {
  is_due_ = false;
  Turn::unlink();
}

// Looks again when the next one has had its time.
void HandshakePlaces::make_room() noexcept {
  disarm();
  while (leaving_ < waiting_) {
    Place* const first = turns_.find([](Place& place) { return place.is_due_; });
    if (first == nullptr) return;
    const TimePoint end = time_after(first->since_, stall_);
    if (end > loop_->now()) return loop_->arm(*this, end);
    first->Turn::unlink();
    first->leaves_ = true;
    ++leaving_;
    first->context_->cancel(CancelReason::shed);
  }
}

}  // namespace gyre::http
