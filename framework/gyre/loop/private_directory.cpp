#include <gyre/loop/private_directory.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gyre {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

bool fit_for_kernel(const std::string& path) noexcept { return !path.empty() && path.find('\0') == std::string::npos; }

/// Nothing for the group and for others, whoever they are.
Result<void> check_owner(const struct stat& info) noexcept {
  constexpr mode_t of_others = S_IRWXG | S_IRWXO;
  if (info.st_uid != ::geteuid() || (info.st_mode & of_others) != 0) return Error{Errc::permission_denied, EACCES};
  return {};
}

Result<void> write_all(int descriptor, std::string_view content) noexcept {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error::from_errno(errno);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(descriptor) < 0) return Error::from_errno(errno);
  return {};
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::open(const std::string& path) {
  if (!fit_for_kernel(path)) return Errc::invalid_argument;
  std::filesystem::path where{path};
  if (!where.has_filename()) where = where.parent_path();  // it ends with a slash
  std::error_code failed;
  if (where.has_parent_path()) std::filesystem::create_directories(where.parent_path(), failed);
  if (failed) return Error::from_errno(failed.value());
  if (::mkdir(where.c_str(), S_IRWXU) < 0 && errno != EEXIST) return Error::from_errno(errno);
  Descriptor opened{::open(where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  struct stat info{};
  if (opened.number() < 0 || ::fstat(opened.number(), &info) < 0) return Error::from_errno(errno);
  if (const Result<void> mine = check_owner(info); !mine) return mine.error();
  return PrivateDirectory{opened.release()};
}

PrivateDirectory::~PrivateDirectory() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> PrivateDirectory::lock() const noexcept {
  while (::flock(descriptor_, LOCK_EX) < 0) {
    if (errno != EINTR) return Error::from_errno(errno);
  }
  return {};
}

// A FIFO is opened without waiting, and refused.
Result<std::string> PrivateDirectory::read(const std::string& name, std::size_t size_max) const {
  if (!fit_for_kernel(name)) return Errc::invalid_argument;
  const Descriptor file{::openat(descriptor_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  struct stat info{};
  if (file.number() < 0 && errno == ELOOP) return Error{Errc::permission_denied, ELOOP};
  if (file.number() < 0 || ::fstat(file.number(), &info) < 0) return Error::from_errno(errno);
  if (!S_ISREG(info.st_mode)) return Error{Errc::permission_denied, EACCES};
  if (const Result<void> mine = check_owner(info); !mine) return mine.error();
  // One piece of memory, so that no copy of a key is left behind.
  std::string content(size_max + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(file.number(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error::from_errno(errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > size_max) return Errc::limit_exceeded;
  content.resize(size);
  return content;
}

// What a crash has left of a new file is in the way of nobody: the next one begins anew.
Result<void> PrivateDirectory::write(const std::string& name, std::string_view content) const {
  if (!fit_for_kernel(name)) return Errc::invalid_argument;
  const std::string fresh = name + ".new";
  if (::unlinkat(descriptor_, fresh.c_str(), 0) < 0 && errno != ENOENT) return Error::from_errno(errno);
  {
    constexpr int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file{::openat(descriptor_, fresh.c_str(), how, S_IRUSR | S_IWUSR)};
    if (file.number() < 0) return Error::from_errno(errno);
    if (const Result<void> written = write_all(file.number(), content); !written) {
      ::unlinkat(descriptor_, fresh.c_str(), 0);
      return written;
    }
  }
  if (::renameat(descriptor_, fresh.c_str(), descriptor_, name.c_str()) < 0) return Error::from_errno(errno);
  if (::fsync(descriptor_) < 0) return Error::from_errno(errno);
  return {};
}

}  // namespace gyre
