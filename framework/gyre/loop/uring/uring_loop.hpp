#pragma once

#include <gyre/loop/loop.hpp>
#include <gyre/loop/loop_options.hpp>

#include <memory>

namespace gyre {

/// A loop on io_uring (see `make_loop`). Fails with `Errc::permission_denied` where io_uring is denied, with
/// `Errc::unsupported` where the kernel lacks what gyre needs (6.0 or later has it).
Result<std::unique_ptr<Loop>> make_uring_loop(const LoopOptions& options);

/// Whether a loop that `make_uring_loop` made runs with SINGLE_ISSUER and DEFER_TASKRUN.
bool uring_defers_task_run(const Loop& loop) noexcept;

}  // namespace gyre
