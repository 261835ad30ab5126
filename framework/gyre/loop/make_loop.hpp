#pragma once

#include <gyre/base/result.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/loop/loop_options.hpp>

#include <memory>

namespace gyre {

/// A loop for the calling thread. `automatic` falls back to epoll where io_uring is denied or too old; the named
/// backends fail instead (`Errc::unsupported`, `Errc::permission_denied`).
Result<std::unique_ptr<Loop>> make_loop(const LoopOptions& options = {});

}  // namespace gyre
