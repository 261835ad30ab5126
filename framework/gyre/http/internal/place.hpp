#pragma once

#include <cstddef>
#include <utility>

namespace gyre::http {

/// A share in one place under `Limits::connections`: of a connection, or of a handler that runs on without it. The
/// shares of one place form a ring, so the last to leave knows that it is the last, whichever that is, and each how
/// many there are.
class PlaceShare {
 public:
  PlaceShare() noexcept = default;
  PlaceShare(const PlaceShare&) = delete;
  PlaceShare& operator=(const PlaceShare&) = delete;

  /// Takes a place of its own. Only if it has none.
  void take() noexcept { next_ = this; }
  /// Takes part in the place of `other`, which has one. Only if it has none.
  void join(PlaceShare& other) noexcept { next_ = std::exchange(other.next_, this); }
  /// Shares of the same place beside this one, which has one.
  std::size_t others() const noexcept {
    std::size_t count = 0;
    for (const PlaceShare* share = next_; share != this; share = share->next_) ++count;
    return count;
  }
  /// True for the last share of a place; false also if it has none.
  bool leave() noexcept {
    if (next_ == nullptr) return false;
    PlaceShare* before = next_;
    while (before->next_ != this) before = before->next_;
    PlaceShare* const after = std::exchange(next_, nullptr);
    if (before == this) return true;
    before->next_ = after;
    return false;
  }

 private:
  PlaceShare* next_ = nullptr;
};

}  // namespace gyre::http
