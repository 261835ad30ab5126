#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/net/file.hpp>
#include <gyre/net/stream.hpp>
#include <gyre/wire/set_cookie.hpp>
#include <gyre/wire/status.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gyre {

using wire::SameSite;
using wire::SetCookie;

class BodyWriter;
template <class T>
class Generator;

/// An answer: status, fields, body. Movable, not copyable; a move is a few words, whatever it holds.
///
/// Text given as `std::string_view` or `const char*` is borrowed, not copied, until the answer is serialized: a
/// literal, or something that lives as long as the request (its arena). A `std::string` is owned.
///
/// Borrowed text costs no memory; what is owned (a string's body, fields) lies in blocks of the frame recycler, so that
/// small answers allocate nothing on the heap once a thread is warm.
class [[nodiscard]] Response {
 public:
  /// 200 with an empty body.
  Response() noexcept = default;
  /// The status alone, with an empty body.
  Response(Status status) noexcept : status_(status) {}
  /// 200, `text/plain; charset=utf-8`.
  Response(const char* text) noexcept : Response(std::string_view{text}) {}
  Response(std::string_view text) noexcept : body_(text), type_(text_plain) {}
  Response(std::string&& text) : Response(Status::ok, std::move(text)) {}
  Response(const std::string& text) : Response(Status::ok, std::string{text}) {}
  Response(std::nullptr_t) = delete;

  Response(Status status, const char* text) noexcept : Response(status, std::string_view{text}) {}
  Response(Status status, std::string_view text) noexcept : status_(status), body_(text), type_(text_plain) {}
  Response(Status status, std::string&& text);
  Response(Status status, const std::string& text) : Response(status, std::string{text}) {}
  Response(Status, std::nullptr_t) = delete;

  Response(Response&& other) noexcept
      : status_(other.status_),
        names_server_(std::exchange(other.names_server_, false)),
        body_(std::exchange(other.body_, {})),
        type_(std::exchange(other.type_, {})),
        fields_(std::exchange(other.fields_, {})),
        owned_(std::exchange(other.owned_, nullptr)) {}
  Response& operator=(Response&& other) noexcept {
    if (this != &other) {
      if (owned_ != nullptr) release();
      status_ = other.status_;
      names_server_ = std::exchange(other.names_server_, false);
      body_ = std::exchange(other.body_, {});
      type_ = std::exchange(other.type_, {});
      fields_ = std::exchange(other.fields_, {});
      owned_ = std::exchange(other.owned_, nullptr);
    }
    return *this;
  }
  ~Response() {
    if (owned_ != nullptr) release();
  }

  /// An RFC 9457 problem: `application/problem+json` with type, title, status and, if not empty, detail. `detail` is
  /// copied; bytes in it that are no UTF-8 come out as U+FFFD. Without a detail the common statuses cost no memory.
  /// `members` are further members (RFC 9457 3.2) as JSON, `"a":1,"b":[]`, taken as they are: never a client's text.
  static Response problem(Status status, std::string_view detail = {}, std::string_view members = {});

  /// 200 with a body that a task writes while it is sent: in chunks, or up to the connection's end for an HTTP/1.0
  /// client. `producer` is called once, when the answer's turn has come and its head is written, as
  /// `Task<>(BodyWriter&)`; it is kept until the task has ended, so a coroutine lambda may capture. Not called where
  /// the answer has no body (HEAD, 204, 304).
  ///
  ///     return gyre::Response::stream([](gyre::BodyWriter& out) -> gyre::Task<> {
  ///       for (int line = 0; line < 1000; ++line) co_await out.write("a line\n");
  ///     });
  ///
  /// The handler's time limit ends with the head. What the task throws is told to `Service::failed`, and since the head
  /// is out the stream is cut, so that it cannot be taken for a whole one.
  static Response stream(Callback<Task<>(BodyWriter&)> producer);
  /// As `stream`, with a known length, which is announced: writing more throws, ending before it cuts the stream.
  static Response stream(std::uint64_t length, Callback<Task<>(BodyWriter&)> producer);
  /// As `stream`, from the values of a generator, one after the other.
  static Response generate(Generator<std::string> source);
  /// `size` bytes of a file from `offset` on, with their length announced. They need not pass through user memory.
  static Response file(File file, std::uint64_t offset, std::uint64_t size);

  /// 101: the connection speaks `protocol` from now on (RFC 9110 7.8). When that is sent, `session` is called with the
  /// stream and the bytes that arrived behind the request; the server waits for its task before it stops, and cancels
  /// its context then. What it throws is told to `Service::failed`. A client that did not offer an upgrade gets 426
  /// instead.
  static Response upgrade(std::string_view protocol, Callback<Task<>(Stream, std::string)> session);

  Status status() const noexcept { return status_; }
  Response& set_status(Status status) & noexcept {
    status_ = status;
    return *this;
  }

  std::string_view body() const noexcept { return body_; }
  /// Replaces the body and nothing else: the media type stays.
  Response& set_body(std::string&& text) &;
  /// Replaces the body with borrowed text.
  Response& set_body(std::string_view text) & noexcept {
    body_ = text;
    return *this;
  }
  Response& set_body(const char* text) & noexcept { return set_body(std::string_view{text}); }
  Response& set_body(const std::string& text) & { return set_body(std::string{text}); }

  /// The media type. Empty: no Content-Type field.
  std::string_view content_type() const noexcept { return type_; }
  /// Borrows the type like a body's text. Throws `Failure` (`Errc::invalid_argument`) if it is no field value.
  Response& set_content_type(std::string_view type) &;
  Response&& with_content_type(std::string_view type) && { return std::move(set_content_type(type)); }

  /// Appends a field; name and value are copied. A Content-Type is not appended: it replaces `content_type()`.
  ///
  /// Throws `Failure` (`Errc::invalid_argument`) if the name is no token, if the value has control characters (CR and
  /// LF above all), or if the server alone may write the field (Content-Length, Transfer-Encoding, Connection,
  /// Keep-Alive, Proxy-Connection, Upgrade, TE, Trailer, Date): a handler cannot break the framing.
  Response& add(std::string_view name, std::string_view value) &;
  /// As `add`, for a temporary: `return Response{...}.with("etag", tag);`
  Response&& with(std::string_view name, std::string_view value) && { return std::move(add(name, value)); }
  /// As `add`, in the place of all fields of that name.
  Response& set(std::string_view name, std::string_view value) &;
  /// Removes all fields of that name, in any case.
  Response& remove(std::string_view name) & noexcept;

  /// Sets a cookie: a field of its own for each call.
  ///
  ///     response.set_cookie({.name = "__Host-session", .value = id, .path = "/", .secure = true, .http_only = true});
  ///
  /// Throws `std::invalid_argument` with what is wrong (`wire::check`): a value that must be encoded, attributes that
  /// the name's prefix or `SameSite::none` need. A user agent would drop such a cookie without a word.
  Response& set_cookie(const SetCookie& cookie) &;
  Response&& with_cookie(const SetCookie& cookie) && { return std::move(set_cookie(cookie)); }
  /// Has the user agent forget a cookie: it must have the name, the path and the domain that it was set with, and
  /// `secure` for a prefix. Value and times do not count. Throws as `set_cookie`.
  Response& remove_cookie(const SetCookie& cookie) &;

  /// The value of the first field of that name (any case), or an empty text.
  std::string_view field(std::string_view name) const noexcept;

  /// The extra fields as they go out: "name: value\r\n" each. Content-Type is not among them.
  std::string_view fields() const noexcept { return fields_; }

  /// Takes out the function that writes the streamed body, so that a middleware can put another one around it and give
  /// that to `set_stream`. Empty, with nothing changed, if the answer is not `streamed()`.
  Callback<Task<>(BodyWriter&)> take_stream() noexcept;
  /// Replaces the body, of whatever kind, with one that a task writes: see `stream`.
  Response& set_stream(Callback<Task<>(BodyWriter&)> producer, std::optional<std::uint64_t> length = {}) &;
  /// Its body is written by a task.
  bool streamed() const noexcept { return owned_ != nullptr && has_producer(); }
  /// The length that a stream announces.
  std::optional<std::uint64_t> stream_length() const noexcept;
  /// It has a Server field of its own, which takes the place of `ServerOptions::server_name`.
  bool names_server() const noexcept { return names_server_; }
  /// It hands the connection over.
  bool upgrades() const noexcept { return owned_ != nullptr && has_session(); }

  // --- for the server -------------------------------------------------------------------------------------------
  Task<> write_body(BodyWriter& out);
  Task<> run_session(Stream stream, std::string early);

 private:
  static constexpr std::string_view text_plain = "text/plain; charset=utf-8";

  /// What the answer owns. At a fixed address, so that the views below may point into it and moving stays trivial.
  struct Owned;

  Owned& owned();
  bool has_producer() const noexcept;
  bool has_session() const noexcept;
  void append_line(std::string_view name, std::string_view value);
  void release() noexcept;

  Status status_ = Status::ok;
  bool names_server_ = false;
  std::string_view body_;
  std::string_view type_;
  std::string_view fields_;
  Owned* owned_ = nullptr;
};

}  // namespace gyre
