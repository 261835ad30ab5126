#pragma once

#include <gyre/wire/status.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace gyre {

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
        body_(std::exchange(other.body_, {})),
        type_(std::exchange(other.type_, {})),
        fields_(std::exchange(other.fields_, {})),
        owned_(std::exchange(other.owned_, nullptr)) {}
  Response& operator=(Response&& other) noexcept {
    if (this != &other) {
      if (owned_ != nullptr) release();
      status_ = other.status_;
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
  static Response problem(Status status, std::string_view detail = {});

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

  /// The value of the first field of that name (any case), or an empty text.
  std::string_view field(std::string_view name) const noexcept;

  /// The extra fields as they go out: "name: value\r\n" each. Content-Type is not among them.
  std::string_view fields() const noexcept { return fields_; }

 private:
  static constexpr std::string_view text_plain = "text/plain; charset=utf-8";

  /// What the answer owns. At a fixed address, so that the views below may point into it and moving stays trivial.
  struct Owned;

  Owned& owned();
  void append_line(std::string_view name, std::string_view value);
  void release() noexcept;

  Status status_ = Status::ok;
  std::string_view body_;
  std::string_view type_;
  std::string_view fields_;
  Owned* owned_ = nullptr;
};

}  // namespace gyre
