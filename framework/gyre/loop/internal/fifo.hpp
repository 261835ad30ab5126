#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace gyre::detail {

/// A queue in one vector: unlike `std::deque` it allocates nothing once it has grown to its usual length.
template <class T>
class Fifo {
 public:
  bool empty() const noexcept { return head_ == items_.size(); }
  std::size_t size() const noexcept { return items_.size() - head_; }

  /// Room for so many without an allocation.
  void reserve(std::size_t count) { items_.reserve(count); }

  void push(T item) {
    // Room is made at the front only when that frees at least half, so each item moves at most once on average.
    if (items_.size() == items_.capacity() && head_ * 2 >= items_.size()) drop_taken();
    items_.push_back(std::move(item));
  }

  /// The first item; only when not empty.
  const T& front() const noexcept { return items_[head_]; }

  /// Takes the first item; only when not empty.
  T pop() noexcept {
    T item = std::move(items_[head_++]);
    if (empty()) drop_taken();
    return item;
  }

  void clear() noexcept {
    items_.clear();
    head_ = 0;
  }

 private:
  void drop_taken() noexcept {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  std::vector<T> items_;
  std::size_t head_ = 0;
};

}  // namespace gyre::detail
