#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/loop/await_operation.hpp>
#include <gyre/net/endpoint.hpp>

namespace gyre {

/// One end of a connection, as tasks use it: bytes in, bytes out. Owns its descriptor. Movable while nothing is in
/// flight. One reader and one writer at a time; both may be at work at once.
class Stream {
 public:
  Stream() noexcept = default;
  /// Takes over a connected stream descriptor of `loop`.
  Stream(Loop& loop, int descriptor) noexcept : loop_(&loop), descriptor_(descriptor) {}
  Stream(Stream&& other) noexcept : loop_(other.loop_), descriptor_(std::exchange(other.descriptor_, -1)) {}
  Stream& operator=(Stream&& other) noexcept;
  /// Closes it. Nothing may be in flight.
  ~Stream() { close(); }

  /// Connects to `endpoint` on the loop of the awaiting task.
  static Task<Result<Stream>> connect(Endpoint endpoint);

  bool is_open() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }
  /// Gives the descriptor away; the stream is closed afterwards.
  int release() noexcept { return std::exchange(descriptor_, -1); }

  /// Reads what is there, at most `buffer.size()` bytes, at least one. 0: the peer has ended its side.
  /// `Errc::cancelled` takes no bytes.
  Task<Result<std::size_t>> read(MutableBytes buffer);

  /// Writes all of `bytes`. On an error (a cancellation too) an unknown part was written: only closing makes sense.
  Task<Result<void>> write(Bytes bytes);

  /// Ends one side, or both. The peer reads the end after everything that was written.
  void shutdown(ShutdownSide side) noexcept { loop_->shutdown(descriptor_, side); }
  void close() noexcept;
  /// Closes it so that the peer cannot take what it got for all of it (see `Loop::reset`).
  void reset() noexcept;

  Result<Endpoint> local_endpoint() const;
  Result<Endpoint> peer_endpoint() const;

 private:
  Loop* loop_ = nullptr;
  int descriptor_ = -1;
};

}  // namespace gyre
