#pragma once

#include <cstdint>

namespace gyre {

/// What has happened to the requests of a callback route so far. Each request that has ended is one of `in_call`,
/// `later`, `dropped`, `threw`, `cancelled` and `shed`; the others count beside these.
struct CallbackCounts {
  std::uint64_t requests = 0;      ///< Begun.
  std::uint64_t in_call = 0;       ///< Answered inside the handler's call, or by the return of a blocking function.
  std::uint64_t later = 0;         ///< Answered after it, or on another thread.
  std::uint64_t twice = 0;         ///< Calls of a reply that had been answered.
  std::uint64_t dropped = 0;       ///< The last copy of the reply died unanswered.
  std::uint64_t late = 0;          ///< Calls of a reply whose request had been cancelled.
  std::uint64_t threw = 0;         ///< The handler threw before it had answered.
  std::uint64_t threw_after = 0;   ///< It threw after that.
  std::uint64_t cancelled = 0;     ///< The client left, the time was over, or the server stopped, before an answer.
  std::uint64_t shed = 0;          ///< There was no thread for a blocking function in time.
  std::uint64_t blocked_loop = 0;  ///< Calls that took longer than `CallbackOptions::blocking_after` on the loop.

  /// Whether anything happened that a port should look at.
  std::uint64_t trouble() const noexcept { return twice + dropped + late + threw + threw_after + shed + blocked_loop; }
};

}  // namespace gyre
