#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/loop/backend.hpp>

namespace gyre {

class OffloadPool;

/// How a loop is made.
struct LoopOptions {
  Backend backend = Backend::automatic;
  /// Buffers that all receiving connections of the loop share, and the size of one in bytes (`uring`). The kernel goes
  /// through them in turn: their total should stay within the processor's cache.
  unsigned receive_buffers = 256;
  unsigned receive_buffer_size = 4096;
  /// Those for connections that receive in bulk: memory that is not used before the first of them.
  unsigned bulk_buffers = 32;
  unsigned bulk_buffer_size = 64 * 1024;
  /// Entries of the submission and the completion ring (`uring`).
  unsigned submission_entries = 1024;
  unsigned completion_entries = 8192;
  /// Off: do without SINGLE_ISSUER and DEFER_TASKRUN, as on kernels before 6.1 (`uring`).
  bool defer_task_run = true;
  /// The pool for blocking work; by default each loop makes its own at first use.
  Shared<OffloadPool> offload_pool = nullptr;
};

}  // namespace gyre
