#pragma once

#include <gyre/base/result.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/http/detail/body_source.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre {

class Request;

/// A request's body as a stream. A handler that takes one is started when the head is there, and reads at its own pace;
/// the client is slowed down to it.
///
///     app.post("/sum", [](gyre::Body body) -> gyre::Task<std::string> {
///       std::size_t bytes = 0;
///       for (;;) {
///         const std::string_view piece = (co_await body.read()).value();
///         if (piece.empty()) co_return std::to_string(bytes);
///         bytes += piece.size();
///       }
///     });
///
/// A client that waits for permission (`Expect: 100-continue`) gets it with the first read: an answer without a read
/// refuses the body. What is left unread when the answer is out is thrown away, or ends the connection
/// (`Limits::drain`). A body that was collected before this was made, by a middleware, is one piece. A cheap value that
/// lives as long as the request, also in the task that streams the answer.
class Body {
 public:
  explicit Body(Request& request) noexcept;

  /// What the client announced, if it did: Content-Length. Nothing if the body is decoded on its way.
  std::optional<std::uint64_t> size() const noexcept;

  /// What awaiting `read` does.
  class Read : public detail::Waiter {
   public:
    /// Without a source it gives `collected`.
    explicit Read(detail::BodySource* source, std::string_view collected = {}) noexcept
        : Waiter(&Read::leave), source_(source), collected_(collected) {}
    bool await_ready() noexcept;
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      source_->set_reader(this);
      return true;
    }
    Result<std::string_view> await_resume() noexcept;

   private:
    static void leave(Waiter& waiter) noexcept { static_cast<Read&>(waiter).source_->set_reader(nullptr); }
    detail::BodySource* source_;
    std::string_view collected_;
    detail::BodySource::Piece piece_;
  };

  /// The next bytes, decoded: what is there, at least one. Empty: the body is over. They stay until the next read. One
  /// reader at a time.
  ///
  /// Errors: `bad_message` for broken chunks or trailers, `limit_exceeded` for more than `Limits::body`, `timed_out`
  /// for a body that stalls or is too slow, `closed` if the client has ended and its handler goes on all the same
  /// (`OnDisconnect`, `HalfClose`), `cancelled`, `invalid_argument` once `Request::collect` has begun and is not
  /// done. All but the last two are answered with their status (400, 431, 413, 408) if the handler throws them on with
  /// `value()`; it may answer otherwise. The connection ends after it.
  Read read() noexcept;

 private:
  Request* request_;
  std::string_view collected_;  // until it has been read
};

}  // namespace gyre
