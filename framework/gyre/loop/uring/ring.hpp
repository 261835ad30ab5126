#pragma once

#include <gyre/base/result.hpp>
#include <gyre/loop/loop_options.hpp>

#include <liburing.h>

namespace gyre::uring {

/// An io_uring instance with the best flags that the kernel takes. Not thread-safe; belongs to the thread that opened
/// it.
class Ring {
 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring();

  Result<void> open(const LoopOptions& options);

  io_uring* get() noexcept { return &ring_; }
  unsigned flags() const noexcept { return flags_; }

 private:
  Result<void> check_features();

  io_uring ring_{};
  unsigned flags_ = 0;
  bool open_ = false;
};

/// The receive buffers that all connections of a loop share, handed to the kernel as a provided-buffer ring. A buffer
/// is with the kernel or with the handler that reads from it, for the time of one call.
class BufferRing {
 public:
  /// `group` is its number, as receives name it.
  explicit BufferRing(unsigned short group) noexcept : group_(group) {}
  BufferRing(const BufferRing&) = delete;
  BufferRing& operator=(const BufferRing&) = delete;
  ~BufferRing();

  Result<void> open(Ring& ring, unsigned count, unsigned size);

  unsigned short group() const noexcept { return group_; }
  const std::byte* buffer(unsigned index) const noexcept { return memory_ + std::size_t{index} * size_; }
  /// Puts a buffer back; the kernel sees it after `publish`.
  void give_back(unsigned index) noexcept;
  void publish() noexcept;

 private:
  io_uring* ring_ = nullptr;
  io_uring_buf_ring* entries_ = nullptr;
  std::byte* memory_ = nullptr;
  unsigned count_ = 0;
  unsigned size_ = 0;
  int returned_ = 0;
  unsigned short group_;
};

}  // namespace gyre::uring
