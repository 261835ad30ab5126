#pragma once

#include <gyre/base/box.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/wire/multipart_limits.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gyre {

namespace detail {
class MultipartStream;
}

using MultipartLimits = wire::MultipartLimits;

/// A body of `multipart/form-data` (RFC 7578), part by part as it arrives, for a handler to take by value:
///
///     app.post("/upload", [](gyre::Multipart form) -> gyre::Task<std::string> {
///       std::size_t bytes = 0;
///       while (auto part = co_await form.next()) {
///         for (;;) {
///           const std::string_view piece = co_await part->read();
///           if (piece.empty()) break;
///           bytes += piece.size();
///         }
///       }
///       co_return std::to_string(bytes);
///     });
///
/// The handler is started when the head is there and reads at its own pace; the client is slowed down to it. Nothing is
/// held but the piece that arrived last and the head of the part. What a handler leaves unread of a part is skipped.
///
/// Another media type is answered with 415, one without a boundary with 400. What is found while reading is thrown as
/// `HttpError`, which is its answer if the handler lets it pass: 400 for a body that is malformed or ends early, 413
/// for more than the limits. What is wrong with the body as such is thrown by `Body::read` (`Failure`, `Cancelled`).
/// `Limits::body`, or `RouteOptions::body`, limits the whole.
class Multipart {
 public:
  /// One field of the form. It belongs to the `Multipart` it comes from, which must outlive it.
  class Part {
   public:
    Part(detail::MultipartStream& stream, std::size_t number) noexcept : stream_(&stream), number_(number) {}

    // What the client says of the part, and nobody has checked. Views, valid until the next `Multipart::next`.

    /// The name of the form's field. Any bytes.
    std::string_view name() const noexcept;
    /// What the file was called where it comes from; nothing if the part is no file, empty for a file input that was
    /// left empty. Data to be shown, never a path: it may be "../../etc/passwd".
    std::optional<std::string_view> file_name() const noexcept;
    /// Content-Type, valid; empty if there is none, which means text/plain.
    std::string_view content_type() const noexcept;
    /// The value of the first field line of that name, in any case.
    std::optional<std::string_view> field(std::string_view field_name) const noexcept;

    /// The next bytes of the part, at least one; they stay until the next call. Empty: the part is over. Throws what
    /// `Multipart` tells, and `std::logic_error` if the next part was asked for already.
    Task<std::string_view> read();
    /// What is left of the part, if that is no more than `limit` bytes: else it throws 413. Throws as `read`.
    Task<std::string> bytes(std::size_t limit = 1 << 20);
    /// The same as text: what is no UTF-8 is thrown as 400.
    Task<std::string> text(std::size_t limit = 1 << 20);

   private:
    detail::MultipartStream* stream_;
    std::size_t number_;
  };

  static constexpr TakesBody takes_body = TakesBody::stream;
  static bool is_present(const Request& request) noexcept { return detail::announces_body(request); }
  static Extracted<Multipart> extract(Request& request);

  Multipart(Multipart&& other) noexcept;
  Multipart& operator=(Multipart&& other) noexcept;
  ~Multipart();

  /// Other limits than the defaults. Before the first `next`; later it throws `std::logic_error`.
  Multipart& limit(const MultipartLimits& limits);

  /// The next part; nothing behind the last one, once the whole body is there. One call at a time, and none while a
  /// part is being read.
  Task<std::optional<Part>> next();

 private:
  explicit Multipart(Box<detail::MultipartStream> stream) noexcept;

  Box<detail::MultipartStream> stream_;
};

}  // namespace gyre
