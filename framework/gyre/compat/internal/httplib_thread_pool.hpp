#pragma once

#include <gyre/loop/offload.hpp>

#include <atomic>
#include <climits>
#include <cstddef>

namespace gyre::compat::httplib::internal {

/// The threads of a `ThreadPool`.
struct ThreadPoolState {
  explicit ThreadPoolState(unsigned threads) : pool({.threads_max = threads, .queue_max = UINT_MAX}) {}

  std::atomic<std::size_t> pending{0};  ///< Functions that were enqueued and have not ended.
  OffloadPool pool;
};

}  // namespace gyre::compat::httplib::internal
