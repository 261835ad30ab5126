#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/coro/context.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

namespace gyre {

class Response;
namespace internal {
class StreamState;
}

/// How a body is pushed out by a `ReplyStream`.
struct ReplyStreamOptions {
  /// The body's length, which is announced; a body that ends before it, or goes on behind it, is cut.
  std::optional<std::uint64_t> length = {};
  /// Bytes that may be on their way to the loop and the connection before `offer` refuses and `write` waits.
  std::size_t queue_max = 256 * 1024;
};

/// The body of an answer whose head a `Reply` has given (`Reply::stream`), pushed by the application, from any thread:
///
///     gyre::ReplyStream out = reply.stream({});
///     feed.subscribe([out](const Line& line) { if (!out.offer(line.text())) feed.unsubscribe(); });
///
/// Copies are the same stream. `end` makes the body whole. A stream whose last copy dies before that is cut, so that
/// its client does not take it for whole, and reported as `CallbackMisuse`. Once the client has left or the server
/// gives up, calls do nothing.
class ReplyStream {
 public:
  /// A stream that nobody reads.
  ReplyStream() noexcept = default;
  ReplyStream(const ReplyStream& other) noexcept;
  ReplyStream(ReplyStream&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  ReplyStream& operator=(ReplyStream other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~ReplyStream();

  /// Takes `piece`, which is copied, to be sent; false if there is no room for it (see `on_writable`), if the stream
  /// has ended or nobody reads it any more: then nothing of it is taken. One that is larger than the queue is taken
  /// when the queue is empty. Throws `std::bad_alloc`.
  bool offer(std::string_view piece) const;

  /// Has `callback` called once, on the loop's thread and not inside this call, when there is room in the queue, or
  /// when nobody reads any more: then `alive` is false. Here and now if that is so already, but not inside a call that
  /// tells it: a callback that asks again and again for room comes to its end. Replaces one that has not been called
  /// yet. What it throws cuts the stream, as `fail` does.
  void on_writable(Callback<void()> callback) const;

  /// Takes all of `piece`; waits while there is no room. False if the stream has ended or nobody reads it any more. Not
  /// on the loop's thread, which would wait for itself: `std::logic_error` there. Not in simulation.
  bool write(std::string_view piece) const;

  /// Adds a trailer, to follow the body if that goes out in chunks. What `BodyWriter::add_trailer` refuses cuts the
  /// stream.
  void add_trailer(std::string_view name, std::string_view value) const;

  /// The body is whole.
  void end() const noexcept;
  /// It never will be: it is cut, and the router told of the failure, unless that is `Cancelled`.
  void fail(std::exception_ptr failure) const noexcept;

  /// Whether what is offered may still be read: it has not ended, and nobody has left.
  bool alive() const noexcept;
  /// Has `callback` called, on the loop's thread, when the client leaves or the server gives up before the stream has
  /// ended; with `CancelReason::requested` where the body is not wanted from the beginning (HEAD). Once; nothing for a
  /// stream that has ended. Called here and now if that was before. Several are called in order; they must not throw.
  void on_cancel(Callback<void(CancelReason)> callback) const;

  // --- for adapters -----------------------------------------------------------------------------------------------
  /// Another handle of a state that has one.
  explicit ReplyStream(internal::StreamState& state) noexcept;

 private:
  internal::StreamState* state_ = nullptr;
};

}  // namespace gyre
