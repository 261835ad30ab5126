#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/loop/directory.hpp>
#include <gyre/loop/file_operation.hpp>
#include <gyre/net/stream.hpp>

#include <string>

namespace gyre {

enum class FileAccess : std::uint8_t { read, write, read_write };

/// How a file is opened: by default for reading, and it must be there.
struct OpenMode {
  FileAccess access = FileAccess::read;
  bool create = false;               ///< Makes the file if there is none.
  bool exclusive = false;            ///< With `create`: fails (EEXIST) if there is one.
  bool truncate = false;             ///< Empties it.
  bool append = false;               ///< Every write goes to the end, whatever its offset.
  std::uint32_t permissions = 0666;  ///< Of a file that is created, less the process's umask.
};

/// How a file beneath a directory is opened.
struct BeneathMode {
  bool links = true;  ///< Follows symbolic links that stay within the directory; off, there may be none on the way.
};

/// A file, as tasks use it: nothing here blocks the loop. Owns its descriptor. Movable while nothing is in flight. Any
/// number of reads and writes may be in flight at once, in no order.
///
/// Cancellation: what has not begun yields `Errc::cancelled` and has done nothing; what has begun cannot be stopped,
/// the task waits for it and has its result.
class File {
 public:
  File() noexcept = default;
  /// Takes over an open descriptor of `loop`.
  File(Loop& loop, int descriptor) noexcept : loop_(&loop), descriptor_(descriptor) {}
  File(File&& other) noexcept : loop_(other.loop_), descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept;
  /// Closes it. Nothing may be in flight.
  ~File() { close(); }

  /// Opens a file for the loop of the awaiting task. `Errc::not_found`, `Errc::permission_denied`,
  /// `Errc::too_many_descriptors`, `Errc::invalid_argument` (a path with a zero in it), or what the system says. A
  /// directory opens for reading (`info` tells), a special file without waiting for its other end; neither is there to
  /// be read, and what a FIFO does then is left open.
  static Task<Result<File>> open(std::string path, OpenMode how = {});

  /// Opens a file for reading, as `open`, by a path that begins in `directory`. Whatever the path and the links on its
  /// way say, what is opened lies beneath that directory; else `Errc::unexpected` with EXDEV (or ELOOP) as
  /// `Error::system()`. Absolute links always lead out of it.
  static Task<Result<File>> open_beneath(Directory directory, std::string path, BeneathMode how = {});

  bool is_open() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }
  /// Gives the descriptor away; the file is closed afterwards.
  int release() noexcept { return std::exchange(descriptor_, -1); }
  /// The loop that it belongs to. Only of a file that was opened.
  Loop& loop() const noexcept { return *loop_; }

  /// Reads at most `buffer.size()` bytes from `offset` on, at least one: fewer than asked for does not mean the end.
  /// 0: there is nothing at `offset`, the file ends before.
  Task<Result<std::size_t>> read(std::uint64_t offset, MutableBytes buffer);

  /// Writes all of `bytes` at `offset`; returns their number. On an error (a full disk, a cancellation) an unknown part
  /// was written. That it was written does not mean that it is on the disk.
  Task<Result<std::size_t>> write(std::uint64_t offset, Bytes bytes);

  /// Size, time of the last change, kind and identity.
  Task<Result<FileInfo>> info();

  void close() noexcept;

 private:
  Loop* loop_ = nullptr;
  int descriptor_ = -1;
};

/// What is known of the file at `path`, links followed. Errors as for `File::open`.
Task<Result<FileInfo>> file_info(std::string path);

/// Sends `size` bytes of `from`, beginning at `offset`, into `to`, without a way through the process's memory. The
/// number of bytes sent: fewer than `size` only if the file ends before. It is a write of the stream: one at a time,
/// and on an error (a cancellation too) an unknown part was sent, so only closing the stream makes sense. Takes two
/// descriptors for a pipe on io_uring (`Errc::too_many_descriptors`). `from` must be a regular file, and both belong to
/// the loop of the awaiting task.
Task<Result<std::uint64_t>> send_file(Stream& to, File& from, std::uint64_t offset, std::uint64_t size);

}  // namespace gyre
