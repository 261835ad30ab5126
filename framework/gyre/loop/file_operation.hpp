#pragma once

#include <gyre/base/time.hpp>
#include <gyre/loop/operation.hpp>

#include <cstddef>
#include <cstdint>

namespace gyre {

/// What stands behind a path.
enum class FileKind : std::uint8_t { regular, directory, other };

/// What is known of a file, links followed.
struct FileInfo {
  std::uint64_t size = 0;  ///< In bytes; means something only for a regular file.
  Duration modified{};     ///< When the content was changed last, since 1970-01-01 UTC; 1677 to 2262.
  FileKind kind = FileKind::other;
  std::uint64_t inode = 0;  ///< With `device` it tells whether two paths are the same file.
  std::uint64_t device = 0;
};

/// What the operations on files have in common. Any number may be armed on one descriptor; they end in any order.
/// Cancelled before it has begun, one ends with -ECANCELED and has done nothing; one that has begun cannot be stopped
/// and has its result.
struct FileOperation : Operation {
  void* job = nullptr;  ///< The backend's own, while armed.

 protected:
  using Operation::Operation;
  ~FileOperation() = default;
};

/// Opens a file, closed on exec; the result is the new descriptor. Also after a cancellation: whoever armed it closes
/// it. A special file (a FIFO) is opened without waiting for its other end.
struct OpenOperation : FileOperation {
  enum How : std::uint32_t {
    read = 1,
    write = 2,
    create = 4,
    exclusive = 8,
    truncate = 16,
    append = 32,
    no_links = 64
  };

  explicit OpenOperation(Handler handler) noexcept : FileOperation(OperationKind::open, handler) {}

  const char* path = nullptr;  ///< Ends with a zero; the caller's, until completion.
  std::uint32_t how = read;
  std::uint32_t permissions = 0666;  ///< Of a file that is created, less the process's umask.

  /// If set, `path` begins in this directory, which `descriptor` is open on (O_PATH will do), and never leaves it:
  /// -EXDEV for "..", absolute paths and links that would, and with `no_links` -ELOOP for every symbolic link.
  /// -EAGAIN if something was renamed meanwhile. A simulated loop goes by this name, the others by the descriptor.
  const char* directory = nullptr;

  /// Room for the kernel's own form, while armed.
  std::uint64_t kernel[3];
};

/// Reads a regular file once. The result is the number of bytes, 0 at the end; it may be short anywhere.
struct ReadFileOperation : FileOperation {
  explicit ReadFileOperation(Handler handler) noexcept : FileOperation(OperationKind::read_file, handler) {}
  MutableBytes buffer;       ///< No more than `transfer_max` bytes of it are used.
  std::uint64_t offset = 0;  ///< Below 2^63.

  static constexpr std::size_t transfer_max = std::size_t{1} << 30;  ///< A result counts in 31 bits.
};

/// Writes to a regular file once. The result is the number of bytes; it may be short. A file opened to append ignores
/// the offset.
struct WriteFileOperation : FileOperation {
  explicit WriteFileOperation(Handler handler) noexcept : FileOperation(OperationKind::write_file, handler) {}
  Bytes bytes;               ///< No more than `transfer_max` of them are written.
  std::uint64_t offset = 0;  ///< Below 2^63.

  static constexpr std::size_t transfer_max = std::size_t{1} << 30;
};

/// Looks at a file; the result is 0, and `info` is set.
struct StatOperation : FileOperation {
  explicit StatOperation(Handler handler) noexcept : FileOperation(OperationKind::stat, handler) {}

  const char* path = nullptr;  ///< As in `OpenOperation`; null for the open file `descriptor`.
  FileInfo info;

  /// Room for the kernel's own form, while armed.
  std::uint64_t kernel[32];
};

/// Sends bytes of a file into the stream `descriptor` without a way through the process's memory: a writer of the
/// stream, as `SendOperation`. The result is the number of bytes sent: fewer than `size` only where the file ends
/// before or if it was cancelled on the way, after which only closing the stream makes sense. An errno if the stream
/// broke or the file could not be read.
struct SendFileOperation : Operation {
  static constexpr std::size_t size_max = std::size_t{1} << 30;

  explicit SendFileOperation(Handler handler) noexcept : Operation(OperationKind::send_file, handler) {}

  int file = -1;  ///< A regular file, open until completion.
  std::uint64_t offset = 0;
  std::size_t size = 0;  ///< At most `size_max`; no more is sent at once.

  /// The backend's own, while armed; `sent_by` tells it.
  std::size_t sent = 0;
  struct {
    int out = -1;            ///< The pipe that the bytes take: where they leave it.
    int in = -1;             ///< Where they enter it.
    std::size_t held = 0;    ///< Bytes in the pipe.
    unsigned char step = 0;  ///< What the kernel is at.
  } pipe;
};

/// True for the kinds of `FileOperation`.
constexpr bool works_on_file(OperationKind kind) noexcept {
  return kind == OperationKind::open || kind == OperationKind::read_file || kind == OperationKind::write_file ||
         kind == OperationKind::stat;
}

/// How much of it has gone out: of a `SendOperation` or a `SendFileOperation`, 0 for every other kind.
inline std::size_t sent_by(const Operation& operation) noexcept {
  if (operation.kind() == OperationKind::send) return static_cast<const SendOperation&>(operation).sent;
  if (operation.kind() == OperationKind::send_file) return static_cast<const SendFileOperation&>(operation).sent;
  return 0;
}

}  // namespace gyre
