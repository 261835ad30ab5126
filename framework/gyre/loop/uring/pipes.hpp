#pragma once

#include <cstddef>
#include <vector>

namespace gyre::uring {

/// A pipe, empty whenever the pool has it.
struct Pipe {
  int out = -1;  ///< Where bytes leave it.
  int in = -1;   ///< Where they enter it.
};

/// Pipes that file contents take on their way into sockets: opened when they are needed, kept for the next.
class PipePool {
 public:
  /// Bytes that a pipe is asked to hold. Some hold less: a limit of the system's.
  static constexpr std::size_t capacity = std::size_t{256} * 1024;

  PipePool() = default;
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;
  ~PipePool();

  /// 0 and the pipe, or a negative errno.
  int take(Pipe& pipe) noexcept;
  /// Takes an empty pipe back.
  void give_back(Pipe pipe) noexcept;
  /// Closes a pipe with bytes in it: they must not get into another stream.
  static void discard(Pipe pipe) noexcept;

 private:
  static constexpr std::size_t idle_max = 8;
  std::vector<Pipe> idle_;
};

}  // namespace gyre::uring
