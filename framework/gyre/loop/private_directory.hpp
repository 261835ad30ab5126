#pragma once

#include <gyre/base/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace gyre {

/// A directory of the operating system for what only the user of this process may see, such as keys. What it does waits
/// for the disk: it is for the set-up, or to be run in `offload`. Owns its descriptor.
class PrivateDirectory {
 public:
  /// Opens it, and makes it (mode 0700) if it is missing; with what is missing above it, as the umask says. Errors:
  /// `Errc::permission_denied` if it belongs to another user or others may look into it or write to it;
  /// `Errc::invalid_argument` (an empty path, or one with a zero in it); what the system says, ENOTDIR as
  /// `Error::system()`.
  static Result<PrivateDirectory> open(const std::string& path);

  PrivateDirectory(PrivateDirectory&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  PrivateDirectory& operator=(PrivateDirectory&&) = delete;
  ~PrivateDirectory();

  /// Waits until nobody else has it locked, in this process or in another one. Locked until this object dies.
  Result<void> lock() const noexcept;

  /// What is in a file. Errors: `Errc::not_found`; `Errc::permission_denied` if it belongs to another user, others may
  /// read it or write to it, or it is no regular file (a link is none); `Errc::limit_exceeded` if it is larger than
  /// `size_max` bytes.
  Result<std::string> read(const std::string& name, std::size_t size_max) const;

  /// Makes a file (mode 0600) or replaces it as a whole: whoever reads it meanwhile, and after a crash, has the old
  /// content or the new one. Two that write one name at once need `lock`.
  Result<void> write(const std::string& name, std::string_view content) const;

 private:
  explicit PrivateDirectory(int descriptor) noexcept : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace gyre
