#pragma once

#include <gyre/coro/semaphore.hpp>

namespace gyre {

/// One task at a time, across its awaits. Between two awaits a task is alone on its thread anyway and needs no lock.
///
///     const Mutex::Lock lock = co_await mutex.lock();
///
/// Locked in the order in which the tasks came. Not recursive: a task that locks it twice waits for itself. Not
/// thread-safe. Outlives its waiters and locks.
class Mutex {
 public:
  /// Held until it dies or is released. Move-only.
  using Lock = Semaphore::Permit;

  /// Waits for the lock. One that is free is had at once, even in a cancelled context. Throws `Cancelled` if the
  /// context is cancelled first; then the lock goes to the next. If the lock is handed over and the context cancelled
  /// in one turn, the first wins: a lock that was handed over is returned.
  [[nodiscard]] Semaphore::Awaiter lock() noexcept { return turn_.acquire(); }

  /// The lock, if it is free.
  std::optional<Lock> try_lock() noexcept { return turn_.try_acquire(); }

  bool locked() const noexcept { return turn_.available() == 0; }

 private:
  Semaphore turn_{1};
};

}  // namespace gyre
