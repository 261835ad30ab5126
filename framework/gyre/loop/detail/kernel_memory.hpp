#pragma once

namespace gyre::detail {

/// While one lives, the calling thread's allocations are those of a simulated kernel. What counts or fails a program's
/// allocations in a test leaves them out: they are none of the program's, and a real kernel has its own.
class KernelMemory {
 public:
  KernelMemory() noexcept : before_(in_use_) { in_use_ = true; }
  KernelMemory(const KernelMemory&) = delete;
  KernelMemory& operator=(const KernelMemory&) = delete;
  ~KernelMemory() { in_use_ = before_; }

  static bool in_use() noexcept;

  /// The opposite: the kernel calls the program.
  class Pause {
   public:
    Pause() noexcept : before_(in_use_) { in_use_ = false; }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() { in_use_ = before_; }

   private:
    bool before_;
  };

 private:
  static constinit thread_local bool in_use_;
  bool before_;
};

}  // namespace gyre::detail
