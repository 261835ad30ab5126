#pragma once

#include <gyre/base/time.hpp>

#include <cstddef>
#include <cstdint>

namespace gyre {

/// The limits of a `FetchCache`.
struct FetchCacheOptions {
  /// Values kept; one more takes the place of the one that nobody has asked for the longest.
  std::size_t values_max = 10'000;
  /// Names kept of which is known that their fetch failed. They take no place from values, so that names which somebody
  /// makes up cannot drive out those that matter.
  std::size_t failures_max = 1'000;
  /// Fetches under way at once. A miss beyond it fails with `Errc::limit_exceeded`, which is not kept.
  std::size_t fetches_max = 256;

  /// How long a value is good, unless its fetch says less.
  Duration lifetime = std::chrono::hours{1};
  /// How long a failure is the answer for its name. Zero: every question is a new fetch.
  Duration failure_lifetime = std::chrono::seconds{5};
  /// This long before its end a value that is asked for is fetched anew, while it still is the answer. Never more than
  /// a quarter of its lifetime. If that fails, it is tried again after `failure_lifetime`.
  Duration refresh_ahead = std::chrono::minutes{5};
  /// How long one fetch may take; then it is cancelled and has failed with `Errc::timed_out`.
  Duration fetch_time = std::chrono::seconds{30};
};

/// What a `FetchCache` has done and has.
struct FetchCacheCounts {
  std::uint64_t hits = 0;      ///< Questions whose answer was known, a failure as well.
  std::uint64_t misses = 0;    ///< Questions that had to wait for a fetch.
  std::uint64_t fetches = 0;   ///< Fetches begun; with those ahead of an end.
  std::uint64_t failures = 0;  ///< Fetches that failed. One that a shutdown ended has not.
  std::uint64_t refused = 0;   ///< Misses beyond `fetches_max`.
  std::uint64_t evicted = 0;   ///< Values and failures that had to make room.
  std::size_t values = 0;      ///< Values that are kept now; some may have expired.
  std::size_t failed = 0;      ///< Failures that are kept now.
  std::size_t fetching = 0;    ///< Fetches under way now.
};

}  // namespace gyre
