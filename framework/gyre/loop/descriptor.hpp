#pragma once

#include <gyre/base/result.hpp>

#include <cstdint>

namespace gyre {

/// Makes a descriptor that came from outside fit for a loop: non-blocking, closed on exec.
Result<void> adopt_descriptor(int descriptor) noexcept;

/// Another descriptor of the same open file, closed on exec. The caller closes it.
Result<int> duplicate_descriptor(int descriptor) noexcept;

/// One descriptor kept back for the moment when the process has no other: with its place a connection can still be
/// accepted and closed, so that the peer hears of it instead of waiting in the backlog.
class DescriptorReserve {
 public:
  DescriptorReserve() noexcept = default;
  DescriptorReserve(const DescriptorReserve&) = delete;
  DescriptorReserve& operator=(const DescriptorReserve&) = delete;
  ~DescriptorReserve() { close(); }

  void open() noexcept;
  void close() noexcept;

  /// Accepts one connection of a listening descriptor and closes it. False if there was none, or nothing in reserve.
  bool shed(int listener) noexcept;

 private:
  int descriptor_ = -1;
};

}  // namespace gyre
