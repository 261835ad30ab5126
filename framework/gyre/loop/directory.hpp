#pragma once

#include <gyre/base/result.hpp>
#include <gyre/base/shared.hpp>

#include <string>

namespace gyre {

/// A directory that files are opened beneath (see `File::open_beneath`): what is moved or mounted over its path later
/// changes nothing. A handle; copies are the same directory, which is closed with the last of them. Any number of loops
/// may use it at once.
class Directory {
 public:
  /// Opens a directory of the operating system, links in its path followed. Waits for the disk, so it is for the
  /// set-up. Errors: `Errc::not_found`, `Errc::permission_denied`, `Errc::unsupported` (the kernel, older than Linux
  /// 5.6, or a container denies openat2), ENOTDIR as `Error::system()`, or what the system says.
  ///
  /// On a simulated loop it stands for the simulation's directory of the same path.
  static Result<Directory> open(std::string path);

  /// A directory that only a simulated loop has. Never fails; it may be empty.
  static Directory simulated(std::string path);

  /// -1 if it is only simulated. Good for nothing but to open what lies beneath.
  int descriptor() const noexcept { return state_->descriptor; }
  /// As it was given.
  const std::string& path() const noexcept { return state_->path; }

 private:
  struct State {
    explicit State(std::string where) noexcept : path(std::move(where)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();

    std::string path;
    int descriptor = -1;
  };

  explicit Directory(Shared<const State> state) noexcept : state_(std::move(state)) {}

  Shared<const State> state_;
};

}  // namespace gyre
