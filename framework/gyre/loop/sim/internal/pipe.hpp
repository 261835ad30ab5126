#pragma once

#include <gyre/base/bytes.hpp>

#include <cstring>
#include <vector>

namespace gyre::detail {

/// Bytes of one direction of a connection, in order: first those that have arrived, then those on their way.
class SimPipe {
 public:
  std::size_t size() const noexcept { return bytes_.size() - head_; }
  std::size_t arrived() const noexcept { return arrived_; }

  void write(Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void arrive(std::size_t count) noexcept { arrived_ += count; }
  /// Bytes at the end, which have not arrived, never will.
  void lose(std::size_t count) noexcept { bytes_.resize(bytes_.size() - count); }
  /// No more than what has arrived.
  void read(MutableBytes into) noexcept {
    std::memcpy(into.data(), bytes_.data() + head_, into.size());
    arrived_ -= into.size();
    head_ += into.size();
    if (head_ * 2 < bytes_.size()) return;
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t head_ = 0;
  std::size_t arrived_ = 0;
};

}  // namespace gyre::detail
