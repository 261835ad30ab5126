#pragma once

#include <gyre/base/result.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/loop/operation.hpp>

namespace gyre {

/// Waits until `descriptor`, which belongs to a library with its own protocol, can be read without blocking: there are
/// bytes, a connection, or an end. An error or a hang-up counts as ready: the library's next call meets it. A regular
/// file is always ready. Nothing is read, and it looks at what is, not at what has changed: ready stays ready until
/// somebody reads.
///
/// Any number of tasks may wait on one descriptor. It must stay open until the wait has ended; afterwards the library
/// may close it without telling the loop. `Errc::cancelled`; `Errc::invalid_argument` for what is no descriptor;
/// `Errc::permission_denied` where the system cannot poll it.
Task<Result<void>> readable(int descriptor);

/// As `readable`, until it can be written.
Task<Result<void>> writable(int descriptor);

}  // namespace gyre
