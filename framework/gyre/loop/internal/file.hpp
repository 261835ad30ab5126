#pragma once

#include <gyre/loop/file_operation.hpp>

struct open_how;
struct statx;

/// Files of the operating system, as both real backends work on them.
namespace gyre::detail {

/// The flags of open(2). With O_NONBLOCK, so that a FIFO opens without its other end: `settle_opened` takes it away.
int open_flags(std::uint32_t how) noexcept;

/// The same and the rest of openat2(2), for an operation with a `directory`: fills `operation.kernel`.
struct open_how* open_room(OpenOperation& operation) noexcept;

/// openat2(2), for which the C library has no function. A descriptor, or a negative errno.
std::int32_t open_beneath(int directory, const char* path, struct open_how& how) noexcept;

/// Makes a descriptor that was opened with `open_flags` wait as regular files do.
void settle_opened(int descriptor, std::uint32_t how) noexcept;

/// Asks the kernel to fill `operation.kernel`: the flags and the mask of statx(2).
int stat_flags(const StatOperation& operation) noexcept;
unsigned stat_mask() noexcept;
struct statx* stat_room(StatOperation& operation) noexcept;
const char* stat_path(const StatOperation& operation) noexcept;

/// Sets `operation.info` from what the kernel wrote.
void take_stat(StatOperation& operation) noexcept;

/// Does it now if no disk has to be waited for: opens beneath a directory, small reads, looks at open files. The
/// result; -EAGAIN if that is not so or not known, and `run_blocking` has to do it.
std::int32_t run_at_once(FileOperation& operation) noexcept;

/// Does it now, on the calling thread, which may have to wait for a disk. The result, or a negative errno.
std::int32_t run_blocking(FileOperation& operation) noexcept;

}  // namespace gyre::detail
