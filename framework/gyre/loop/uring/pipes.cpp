#include <gyre/loop/uring/pipes.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>

namespace gyre::uring {

PipePool::~PipePool() {
  for (const Pipe pipe : idle_) discard(pipe);
}

int PipePool::take(Pipe& pipe) noexcept {
  if (!idle_.empty()) {
    pipe = idle_.back();
    idle_.pop_back();
    return 0;
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;
  (void)::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(capacity));  // refused, it only takes more rounds
  pipe = {ends[0], ends[1]};
  return 0;
}

void PipePool::give_back(Pipe pipe) noexcept {
  if (idle_.size() >= idle_max) return discard(pipe);
  idle_.push_back(pipe);
}

void PipePool::discard(Pipe pipe) noexcept {
  ::close(pipe.out);
  ::close(pipe.in);
}

}  // namespace gyre::uring
