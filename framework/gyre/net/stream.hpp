#pragma once

#include <gyre/base/box.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/loop/await_operation.hpp>
#include <gyre/net/endpoint.hpp>

namespace gyre {

class TlsSession;

namespace detail {
class TlsChannel;
}

/// One end of a connection, as tasks use it: bytes in, bytes out. Owns its descriptor. What it reads and writes may be
/// encrypted on the way (`tls_connect`); then the bytes are the plain ones. Movable while nothing is in
/// flight. One reader and one writer at a time; both may be at work at once.
class Stream {
 public:
  Stream() noexcept;
  /// Takes over a connected stream descriptor of `loop`.
  Stream(Loop& loop, int descriptor) noexcept;
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  /// Closes it. Nothing may be in flight.
  ~Stream();

  /// Connects to `endpoint` on the loop of the awaiting task.
  static Task<Result<Stream>> connect(Endpoint endpoint);

  bool is_open() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }
  /// Gives the descriptor away; the stream is closed afterwards. If it is encrypted, `take_session` goes with it.
  int release() noexcept { return std::exchange(descriptor_, -1); }

  /// From now on everything is encrypted by `session`, whose handshake is over. Throws `std::bad_alloc`.
  void encrypt(Box<TlsSession> session);
  /// What is known of its encryption; nullptr for a plain one. As long as the stream.
  const TlsSession* session() const noexcept;
  /// Gives the session away, for who has the descriptor. Null for a plain stream. Throws `std::bad_alloc`, and then has
  /// given nothing.
  Box<TlsSession> take_session();

  /// Reads what is there, at most `buffer.size()` bytes, at least one. 0: the peer has ended its side.
  /// `Errc::cancelled` takes no bytes. Encrypted: `Errc::bad_message` for what is no record of the session, and
  /// `Errc::closed` for an end that the peer did not announce (close_notify), so perhaps not its own.
  Task<Result<std::size_t>> read(MutableBytes buffer);

  /// Writes all of `bytes`. On an error (a cancellation too) an unknown part was written: only closing makes sense.
  Task<Result<void>> write(Bytes bytes);

  /// Ends one side, or both. The peer reads the end after everything that was written. On an encrypted stream it
  /// takes that for a cut: there, await `finish`.
  void shutdown(ShutdownSide side) noexcept { loop_->shutdown(descriptor_, side); }
  /// Ends the sending side, encrypted or not: says so (close_notify, RFC 8446 section 6.1), then ends it.
  Task<Result<void>> finish();
  void close() noexcept;
  /// Closes it so that the peer cannot take what it got for all of it (see `Loop::reset`).
  void reset() noexcept;

  Result<Endpoint> local_endpoint() const;
  Result<Endpoint> peer_endpoint() const;

 private:
  Task<Result<std::size_t>> receive(MutableBytes buffer);
  Task<Result<void>> send(Bytes bytes);
  Task<Result<std::size_t>> read_records(MutableBytes buffer);
  Task<Result<void>> write_records(Bytes bytes);
  Task<Result<void>> send_owed();

  Loop* loop_ = nullptr;
  int descriptor_ = -1;
  Box<detail::TlsChannel> tls_;
};

}  // namespace gyre
