#pragma once

#include <gyre/compat/reply.hpp>
#include <gyre/http/response.hpp>

#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gyre {

/// The answer that a callback handler builds up and then sends, in the way of Express:
///
///     app.get("/rows/{id}", gyre::callback_handler([&](const gyre::Request& request, gyre::Responder res) {
///       res.status(201).set("x-row", "7").json(R"({"id":7})");
///     }));
///
/// What sends (`send`, `json`, `redirect`, `end`, `send_status`) may be called on any thread and counts once, with the
/// rules of `Reply`; what sets belongs to one thread at a time. Copies are the same responder. Once the answer is sent
/// or the request cancelled, what sets does nothing. All text is copied.
class Responder {
 public:
  /// The status that will be sent; 200 if none is set.
  const Responder& status(Status status) const noexcept;
  const Responder& status(int code) const noexcept { return status(static_cast<Status>(code)); }
  /// Sets a field, in the place of those of that name; `append` adds one. Throw as `Response::add`.
  const Responder& set(std::string_view name, std::string_view value) const;
  const Responder& append(std::string_view name, std::string_view value) const;
  const Responder& remove(std::string_view name) const noexcept;
  /// The media type: "text/html", or what files with an extension have: "html", ".html". Text gets a charset of UTF-8
  /// unless one is given. Throws as `Response::set_content_type`; for an extension that is not known, too.
  const Responder& type(std::string_view type) const;
  /// Sets a cookie. Throws as `Response::set_cookie`.
  const Responder& cookie(const SetCookie& cookie) const;
  /// Has the user agent forget one.
  const Responder& clear_cookie(const SetCookie& cookie) const;
  /// The value that a field has so far; empty if there is none.
  std::string get(std::string_view name) const;

  /// Answers with that body, of `text/plain; charset=utf-8` unless a type is set.
  void send(std::string text, std::source_location where = std::source_location::current()) const noexcept;
  /// Answers with JSON that has been written already, of `application/json` unless a type is set. For a value see
  /// `send_json` in gyre/compat/responder_json.hpp.
  void json(std::string text, std::source_location where = std::source_location::current()) const noexcept;
  /// Answers with 302, or the status that is given, and Location. A location that is no URI reference is a failure: see
  /// `Redirect`.
  void redirect(std::string_view location, Status status = Status::found,
                std::source_location where = std::source_location::current()) const noexcept;
  /// Answers with what has been set, without a body.
  void end(std::source_location where = std::source_location::current()) const noexcept;
  /// Answers with a status and its name as the body.
  void send_status(Status status, std::source_location where = std::source_location::current()) const noexcept;
  /// Answers with what has been set, and a body that is pushed: see `Reply::stream`.
  ReplyStream stream(ReplyStreamOptions options = {},
                     std::source_location where = std::source_location::current()) const;
  /// Answers as if the handler had thrown that.
  void fail(std::exception_ptr failure, std::source_location where = std::source_location::current()) const noexcept {
    reply_.fail(std::move(failure), where);
  }

  /// Whether the answer is given, or not wanted any more.
  bool headers_sent() const noexcept { return !reply_.alive(); }
  bool alive() const noexcept { return reply_.alive(); }
  /// See `Reply::on_cancel`.
  void on_cancel(Callback<void(CancelReason)> callback) const { reply_.on_cancel(std::move(callback)); }

  // --- for adapters -----------------------------------------------------------------------------------------------
  explicit Responder(Reply reply) noexcept : reply_(std::move(reply)) {}
  const Reply& reply() const noexcept { return reply_; }

 private:
  /// What is still to be filled in; nullptr once it is too late.
  Response* draft() const noexcept;
  void send_as(std::string&& text, std::string_view type, const std::source_location& where) const noexcept;

  Reply reply_;
};

}  // namespace gyre
