#include <gyre/loop/internal/file.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <new>

namespace gyre::detail {
namespace {

/// Calls until no signal interrupts. Negative: an errno.
template <class Call>
std::int32_t uninterrupted(const Call& call) noexcept {
  while (true) {
    const auto result = call();
    if (result >= 0) return static_cast<std::int32_t>(result);
    if (errno != EINTR) return -errno;
  }
}

std::int32_t open_now(OpenOperation& operation) noexcept {
  const std::int32_t opened =
      operation.directory != nullptr
          ? open_beneath(operation.descriptor, operation.path, *open_room(operation))
          : uninterrupted([&] { return ::open(operation.path, open_flags(operation.how), operation.permissions); });
  if (opened >= 0) settle_opened(opened, operation.how);
  return opened;
}

std::int32_t read_now(const ReadFileOperation& operation) noexcept {
  const std::size_t size = std::min(operation.buffer.size(), ReadFileOperation::transfer_max);
  return uninterrupted([&] {
    return ::pread(operation.descriptor, operation.buffer.data(), size, static_cast<off_t>(operation.offset));
  });
}

std::int32_t write_now(const WriteFileOperation& operation) noexcept {
  const std::size_t size = std::min(operation.bytes.size(), WriteFileOperation::transfer_max);
  return uninterrupted([&] {
    return ::pwrite(operation.descriptor, operation.bytes.data(), size, static_cast<off_t>(operation.offset));
  });
}

/// Some file systems know times that 64 bits of nanoseconds cannot count.
Duration duration_of(const statx_timestamp& time) noexcept {
  using std::chrono::seconds;
  constexpr auto most = std::chrono::floor<seconds>(Duration::max());
  const seconds whole{time.tv_sec};
  if (whole >= most) return Duration::max();
  if (whole < -most) return Duration::min();
  return whole + std::chrono::nanoseconds{time.tv_nsec};
}

std::int32_t stat_now(StatOperation& operation) noexcept {
  const std::int32_t result = uninterrupted([&] {
    const int directory = operation.path == nullptr ? operation.descriptor : AT_FDCWD;
    return ::statx(directory, stat_path(operation), stat_flags(operation), stat_mask(), stat_room(operation));
  });
  if (result == 0) take_stat(operation);
  return result;
}

// With nothing but names that the kernel has at hand (Linux 5.12 and later). Of the failures only "not there" is sure.
std::int32_t open_cached(OpenOperation& operation) noexcept {
  constexpr std::uint32_t plain = OpenOperation::read | OpenOperation::no_links;
  if (operation.directory == nullptr || (operation.how & ~plain) != 0) return -EAGAIN;
  struct open_how& how = *open_room(operation);
  how.resolve |= RESOLVE_CACHED;
  const std::int32_t opened = open_beneath(operation.descriptor, operation.path, how);
  if (opened >= 0) settle_opened(opened, operation.how);
  return opened >= 0 || opened == -ENOENT ? opened : -EAGAIN;
}

// No more than a copy out of the page cache that other connections can wait for.
std::int32_t read_cached(const ReadFileOperation& operation) noexcept {
  constexpr std::size_t copied_max = 64 * 1024;
  if (operation.buffer.size() > copied_max) return -EAGAIN;
  const iovec room{operation.buffer.data(), operation.buffer.size()};
  const ssize_t count = ::preadv2(operation.descriptor, &room, 1, static_cast<off_t>(operation.offset), RWF_NOWAIT);
  return count > 0 ? static_cast<std::int32_t>(count) : -EAGAIN;
}

}  // namespace

int open_flags(std::uint32_t how) noexcept {
  const bool writes = (how & OpenOperation::write) != 0;
  const bool reads = (how & OpenOperation::read) != 0;
  int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (writes ? reads ? O_RDWR : O_WRONLY : O_RDONLY);
  if ((how & OpenOperation::create) != 0) flags |= O_CREAT;
  if ((how & OpenOperation::exclusive) != 0) flags |= O_EXCL;
  if ((how & OpenOperation::truncate) != 0) flags |= O_TRUNC;
  if ((how & OpenOperation::append) != 0) flags |= O_APPEND;
  return flags;
}

struct open_how* open_room(OpenOperation& operation) noexcept {
  static_assert(sizeof(operation.kernel) >= sizeof(open_how));
  auto* how = new (operation.kernel) open_how{};
  how->flags = static_cast<std::uint64_t>(open_flags(operation.how));
  how->mode = (operation.how & OpenOperation::create) != 0 ? operation.permissions : 0;  // else it must be 0
  how->resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if ((operation.how & OpenOperation::no_links) != 0) how->resolve |= RESOLVE_NO_SYMLINKS;
  return how;
}

std::int32_t open_beneath(int directory, const char* path, struct open_how& how) noexcept {
  return uninterrupted([&] { return ::syscall(SYS_openat2, directory, path, &how, sizeof how); });
}

// With O_NONBLOCK, io_uring would report EAGAIN for a read of some file systems instead of waiting for the disk.
void settle_opened(int descriptor, std::uint32_t how) noexcept {
  (void)::fcntl(descriptor, F_SETFL, (how & OpenOperation::append) != 0 ? O_APPEND : 0);
}

int stat_flags(const StatOperation& operation) noexcept { return operation.path == nullptr ? AT_EMPTY_PATH : 0; }

unsigned stat_mask() noexcept { return STATX_TYPE | STATX_SIZE | STATX_MTIME | STATX_INO; }

struct statx* stat_room(StatOperation& operation) noexcept {
  using Status = struct statx;  // there is a function of that name, too
  static_assert(sizeof(operation.kernel) >= sizeof(Status));
  return new (operation.kernel) Status{};
}

const char* stat_path(const StatOperation& operation) noexcept {
  return operation.path == nullptr ? "" : operation.path;
}

void take_stat(StatOperation& operation) noexcept {
  const auto& found = *std::launder(reinterpret_cast<const struct statx*>(operation.kernel));
  FileInfo& info = operation.info;
  info.size = found.stx_size;
  info.modified = duration_of(found.stx_mtime);
  info.inode = found.stx_ino;
  info.device = (std::uint64_t{found.stx_dev_major} << 32) | found.stx_dev_minor;
  info.kind = S_ISREG(found.stx_mode)   ? FileKind::regular
              : S_ISDIR(found.stx_mode) ? FileKind::directory
                                        : FileKind::other;
}

std::int32_t run_at_once(FileOperation& operation) noexcept {
  switch (operation.kind()) {
    case OperationKind::open: return open_cached(static_cast<OpenOperation&>(operation));
    case OperationKind::read_file: return read_cached(static_cast<ReadFileOperation&>(operation));
    case OperationKind::stat: {
      auto& stat = static_cast<StatOperation&>(operation);
      return stat.path == nullptr ? stat_now(stat) : -EAGAIN;
    }
    default: return -EAGAIN;
  }
}

std::int32_t run_blocking(FileOperation& operation) noexcept {
  switch (operation.kind()) {
    case OperationKind::open: return open_now(static_cast<OpenOperation&>(operation));
    case OperationKind::read_file: return read_now(static_cast<ReadFileOperation&>(operation));
    case OperationKind::write_file: return write_now(static_cast<WriteFileOperation&>(operation));
    case OperationKind::stat: return stat_now(static_cast<StatOperation&>(operation));
    default: return -EINVAL;
  }
}

}  // namespace gyre::detail
