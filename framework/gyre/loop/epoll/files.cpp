// Files on an epoll loop: the offload pool waits for disks, and sendfile(2) is tried whenever a socket has room.

#include <gyre/loop/epoll/epoll_loop.hpp>
#include <gyre/loop/internal/file.hpp>
#include <gyre/loop/offload.hpp>

#include <signal.h>
#include <sys/sendfile.h>
#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace gyre {
namespace {

/// Keeps a write to a broken connection from raising SIGPIPE in this thread: sendfile(2) has no flag for that.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() noexcept {
    sigemptyset(&broken_pipe_);
    sigaddset(&broken_pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
  }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;
  ~NoBrokenPipeSignal() {
    if (sigismember(&before_, SIGPIPE) == 1) return;  // whoever blocked it deals with it
    if (raised_) {
      const timespec no_time{};
      (void)::sigtimedwait(&broken_pipe_, nullptr, &no_time);
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  void raised() noexcept { raised_ = true; }

 private:
  sigset_t broken_pipe_;
  sigset_t before_;
  bool raised_ = false;
};

/// Negative: an errno.
std::int32_t send_file(const SendFileOperation& operation, std::size_t size) noexcept {
  NoBrokenPipeSignal guard;
  auto offset = static_cast<off_t>(operation.offset + operation.sent);
  while (true) {
    const ssize_t count = ::sendfile(operation.descriptor, operation.file, &offset, size);
    if (count >= 0) return static_cast<std::int32_t>(count);
    if (errno == EINTR) continue;
    const int error = errno;
    if (error == EPIPE) guard.raised();
    return -error;
  }
}

}  // namespace

// --- work in the pool ---------------------------------------------------------------------------------------------

struct EpollLoop::FileJob : detail::BlockingJob {
  FileJob(EpollLoop& on, FileOperation& to_run) noexcept
      : BlockingJob(&FileJob::run, &FileJob::ended, Admission::always), loop(on), operation(to_run) {}

  using BlockingJob::enqueue;
  using BlockingJob::withdraw;

  static void run(BlockingJob& job) noexcept {
    auto& self = static_cast<FileJob&>(job);
    self.result = detail::run_blocking(self.operation);
  }

  static void ended(BlockingJob& job) noexcept {
    const std::unique_ptr<FileJob> self{&static_cast<FileJob&>(job)};
    const std::int32_t result = self->withdrawn() ? -ECANCELED : self->result;
    // Whatever was known of the number is about a descriptor that is gone.
    if (self->operation.kind() == OperationKind::open && result >= 0) self->loop.table_.forget(result);
    self->loop.complete(self->operation, {result, false, {}});
  }

  EpollLoop& loop;
  FileOperation& operation;
  std::int32_t result = 0;
};

// What is in the kernel's cache is not worth the way to another thread and back.
void EpollLoop::start_file(FileOperation& operation) noexcept {
  operation.job = nullptr;
  const std::int32_t result = detail::run_at_once(operation);
  if (result != -EAGAIN) {
    if (operation.kind() == OperationKind::open && result >= 0) table_.forget(result);
    return queue_result(operation, result);
  }
  auto job = std::make_unique<FileJob>(*this, operation);
  operation.job = job.get();
  try {
    (void)job->enqueue(offload_pool(), *this);
    (void)job.release();  // owns itself until it has ended
  } catch (const std::system_error&) {
    operation.job = nullptr;
    queue_result(operation, -EAGAIN);  // no thread to be had
  }
}

void EpollLoop::stop_file(FileOperation& operation) noexcept {
  if (operation.job != nullptr) static_cast<FileJob*>(operation.job)->withdraw();
}

// --- file into socket ---------------------------------------------------------------------------------------------

// Not tried at once: the file may have to come from a disk, and others are next.
void EpollLoop::start_send_file(SendFileOperation& operation, detail::DescriptorEntry& entry) noexcept {
  if (entry.writer != nullptr) return queue_result(operation, -EBUSY);
  operation.sent = 0;
  operation.size = std::min(operation.size, SendFileOperation::size_max);
  entry.writer = &operation;
  queue_write(operation.descriptor, entry);
}

bool EpollLoop::send_file_some(SendFileOperation& operation, detail::DescriptorEntry& entry,
                               std::int32_t& result) noexcept {
  const std::int32_t count = send_file(operation, std::min(operation.size - operation.sent, file_bytes_per_step));
  if (count == -EAGAIN) {
    result = watch(operation.descriptor, entry);
    return result != 0;
  }
  if (count > 0) operation.sent += static_cast<std::size_t>(count);
  if (count > 0 && operation.sent < operation.size) {
    queue_write(operation.descriptor, entry);
    return false;
  }
  result = count < 0 ? count : static_cast<std::int32_t>(operation.sent);
  return true;
}

}  // namespace gyre
