#include <gyre/loop/directory.hpp>

#include <gyre/loop/internal/file.hpp>

#include <fcntl.h>
#include <linux/openat2.h>
#include <unistd.h>
#include <cerrno>

namespace gyre {
namespace {

/// 0, or why nothing can be opened beneath a directory here. A container's filter says EPERM, an old kernel ENOSYS.
int probe(int directory) noexcept {
  struct open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH;
  const int opened = detail::open_beneath(directory, ".", how);
  if (opened < 0) return -opened;
  ::close(opened);
  return 0;
}

}  // namespace

Directory::State::~State() {
  if (descriptor >= 0) ::close(descriptor);
}

Result<Directory> Directory::open(std::string path) {
  if (path.find('\0') != std::string::npos) return Errc::invalid_argument;
  auto state = Shared<State>::make(std::move(path));
  state->descriptor = ::open(state->path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (state->descriptor < 0) return Error::from_errno(errno);
  if (const int failed = probe(state->descriptor); failed != 0) {
    return Error{failed == EPERM ? Errc::unsupported : Error::from_errno(failed).code(), failed};
  }
  return Directory{std::move(state)};
}

Directory Directory::simulated(std::string path) { return Directory{Shared<State>::make(std::move(path))}; }

}  // namespace gyre
