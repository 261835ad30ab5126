#pragma once

#include <gyre/loop/loop.hpp>

#include <string>

namespace gyre {

/// What this machine and container allow, for `./dev doctor`, for the start-up line and for bug reports.
struct HostReport {
  std::string kernel;   ///< "Linux 6.1.0-18-amd64 x86_64"
  Backend backend;      ///< What `Backend::automatic` takes here.
  std::string reason;   ///< Why, in one sentence; what to change if it is epoll.
  unsigned processors;  ///< Processors that this process may use.
  unsigned threads;     ///< Loops that an application starts by default: the processors or the cgroup's quota.
  unsigned long descriptors_max;   ///< RLIMIT_NOFILE, soft.
  unsigned long locked_bytes_max;  ///< RLIMIT_MEMLOCK, soft; rings count against it on kernels before 5.12.
  std::string congestion_control;  ///< The TCP default.
  bool defer_task_run;             ///< io_uring runs with SINGLE_ISSUER and DEFER_TASKRUN (6.1 or later).
};

/// Looks at the machine. Opens and closes a ring to see whether it can.
HostReport inspect_host();

/// How many loops to start: the processors of the affinity mask, limited by the cgroup's CPU quota (rounded up), at
/// least one.
unsigned default_thread_count();

}  // namespace gyre
