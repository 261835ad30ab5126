#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/net/stream.hpp>
#include <gyre/testing/answer.hpp>
#include <gyre/wire/method.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace gyre::testing {

/// A client's connection on which a test says every byte itself: requests in one write, requests that never end, a
/// client that is slow, that leaves, or that speaks no HTTP.
///
/// Made by `Client::connect`. One writer and one reader at a time; movable while nothing is in flight. Where the run
/// has a time limit (`Options::time_limit`), each wait throws `TimedOut` after it. Closed when it dies.
class Connection {
 public:
  Connection(Loop& loop, Stream stream, Duration limit) noexcept
      : loop_(&loop), stream_(std::move(stream)), limit_(limit), last_sent_(loop.now()) {}

  /// Sends all of `bytes`, which are copied. A server that does not take them is no failure: a server may answer and
  /// close before it has read everything, and what it said is still to be read.
  Task<> write(std::string_view bytes) { return write_text(std::string{bytes}); }

  /// The next final answer, with the interim ones before it. `request` is the method that it answers. Throws
  /// `WrongAnswer` if it is malformed, or if the connection ends or breaks before it is complete.
  Task<Answer> read_answer(Method request = Method::get);

  /// Waits until there are unread bytes. False if the server has ended or reset the connection instead.
  Task<bool> wait_for_bytes();
  /// What has arrived, at least a byte, at most `bytes_max`; nothing if the server has ended or reset the connection.
  Task<std::string> read_some(std::size_t bytes_max = 64 * 1024);
  /// Everything until the server ends or resets the connection.
  Task<std::string> read_until_end();

  /// Whether a read has met the server's end (or its reset).
  bool ended() const noexcept { return ended_; }
  /// Whether a read has met a reset; over TLS also an end that the server has not announced.
  bool was_reset() const noexcept { return reset_; }
  /// Bytes that have been read and belong to no answer yet.
  std::string_view unread() const noexcept { return input_; }

  /// Ends the client's side; the server's may go on. Over TLS that is a cut: there, await `finish`.
  void end() noexcept { stream_.shutdown(ShutdownSide::send); }
  /// The same as clients do it: over TLS it is announced first (close_notify). A server that is gone is no failure.
  Task<> finish();
  /// Leaves with a reset, as a client does that was killed.
  void reset() noexcept { stream_.reset(); }
  /// Leaves.
  void close() noexcept { stream_.close(); }

  Stream& stream() noexcept { return stream_; }

 private:
  Task<> write_text(std::string bytes);
  Task<bool> read_more(std::size_t bytes_max);

  Loop* loop_;
  Stream stream_;
  Duration limit_;
  TimePoint last_sent_;
  std::string input_;
  bool ended_ = false;
  bool reset_ = false;
};

}  // namespace gyre::testing
