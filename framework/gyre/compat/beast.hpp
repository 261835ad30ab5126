#pragma once

// Handlers written for Boost.Beast. The one header of gyre that includes Beast: for those who have it anyway.

#include <gyre/compat/callback_handler.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/http/detail/server_fields.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/web/error.hpp>

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/basic_dynamic_body.hpp>
#include <boost/beast/http/basic_file_body.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/type_traits.hpp>
#include <boost/beast/http/vector_body.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace gyre::compat::beast {

namespace http = boost::beast::http;

namespace detail {

/// Bytes of a body that are taken from its message at a time, and that are sent without a stream.
inline constexpr std::size_t piece_bytes = std::size_t{64} * 1024;

/// Whether asking a message for the next bytes of its body may block.
enum class Bytes : unsigned char { in_memory, anywhere };

/// For whom an answer is.
struct Facts {
  bool is_head = false;
};

inline std::string_view text_of(boost::beast::string_view text) noexcept { return {text.data(), text.size()}; }
inline boost::beast::string_view text_of(std::string_view text) noexcept { return {text.data(), text.size()}; }

/// An answer as Beast serializes it, piece by piece, and what Beast's parser reads in it: its fields and its body,
/// without the framing.
class MessageSource final : private http::basic_parser<false> {
 public:
  MessageSource(http::message_generator&& message, Facts facts) : message_(std::move(message)), facts_(facts) {
    header_limit(1U << 20U);
    body_limit(boost::none);
    eager(true);
    skip(facts.is_head);
  }

  /// Appends bytes of the body until `body` has `wanted` of them, or is whole. Throws what keeps it from becoming so.
  void pull(std::string& body, std::size_t wanted) {
    body_ = &body;
    while (!finished_ && body.size() < wanted) step(wanted - body.size());
    body_ = nullptr;
  }

  bool finished() const noexcept { return finished_; }
  bool is_head() const noexcept { return facts_.is_head; }
  bool chunked_body() const noexcept { return chunked(); }
  std::optional<std::uint64_t> length() const noexcept {
    const boost::optional<std::uint64_t> announced = content_length();
    return announced ? std::optional{*announced} : std::nullopt;
  }
  /// Status and fields; once, after the first `pull`.
  Response take_head() noexcept { return std::move(head_); }
  const std::vector<std::pair<std::string, std::string>>& trailers() const noexcept { return trailers_; }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;

  static void check(const Error& error) {
    if (error) throw boost::beast::system_error{error};
  }

  void step(std::size_t most) {
    if (message_.is_done() || (is_done() && !has_body_)) return finish();
    Error error;
    const auto buffers = message_.prepare(error);
    check(error);
    std::size_t used = 0;
    for (const boost::asio::const_buffer& buffer : buffers) {
      if (used >= most) break;
      const std::size_t size = std::min(buffer.size(), most);
      const std::string_view text{static_cast<const char*>(buffer.data()), size};
      header_read_ ? feed(text) : static_cast<void>(unread_.append(text));  // the head is read at once
      used += size;
      if (size < buffer.size()) break;
    }
    if (!header_read_) feed({});
    message_.consume(used);
  }

  void feed(std::string_view text) {
    Error error;
    if (unread_.empty()) {
      if (surplus(text)) return;
      unread_.assign(text.substr(put(boost::asio::const_buffer{text.data(), text.size()}, error)));
    } else {
      unread_.append(text);
      unread_.erase(0, put(boost::asio::const_buffer{unread_.data(), unread_.size()}, error));
    }
    if (error != http::error::need_more) check(error);
    if (is_done()) (void)surplus(std::exchange(unread_, {}));
  }

  /// Whether there is nothing to parse in it. Throws for what stands behind the end, but that Beast ends an empty
  /// chunked body twice.
  bool surplus(std::string_view text) const {
    if (!text.empty() && is_done() && has_body_ && !chunked()) {
      throw std::length_error{"gyre: the body of a Beast message is longer than its Content-Length"};
    }
    return text.empty() || is_done();
  }

  void finish() {
    Error error;
    if (!is_done()) put_eof(error);
    check(error);
    finished_ = true;
  }

  // --- basic_parser -----------------------------------------------------------------------------------------------
  void on_request_impl(http::verb, Text, Text, int, Error&) override {}
  void on_response_impl(int code, Text, int, Error&) override {
    const auto status = static_cast<Status>(code);
    head_.set_status(status);
    has_body_ = allows_body(status) && !facts_.is_head;
  }
  void on_field_impl(http::field, Text name, Text value, Error&) override {
    if (header_read_) {
      trailers_.emplace_back(text_of(name), text_of(value));
    } else if (!gyre::detail::written_by_server_alone(field_id(text_of(name)))) {
      head_.add(text_of(name), text_of(value));
    }
  }
  void on_header_impl(Error&) override { header_read_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(Text text, Error&) override {
    body_->append(text.data(), text.size());
    return text.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text text, Error&) override {
    body_->append(text.data(), text.size());
    return text.size();
  }
  void on_finish_impl(Error&) override {}

  http::message_generator message_;
  Facts facts_;
  Response head_;
  std::vector<std::pair<std::string, std::string>> trailers_;
  std::string unread_;           ///< What the parser could not use yet.
  std::string* body_ = nullptr;  ///< Where a body goes, during `pull`.
  bool header_read_ = false;
  bool has_body_ = true;
  bool finished_ = false;
};

/// Writes what is left of a body, `piece` first.
inline Task<> write_rest(MessageSource* source, std::string* piece, Bytes bytes, BodyWriter* out) {
  for (;;) {
    if (!piece->empty()) co_await out->write(*piece);
    if (source->finished()) break;
    piece->clear();
    if (bytes == Bytes::in_memory) {
      source->pull(*piece, piece_bytes);
    } else {
      co_await offload([](MessageSource* from, std::string* to) { from->pull(*to, piece_bytes); }, source, piece);
    }
  }
  for (const auto& [name, value] : source->trailers()) out->add_trailer(name, value);
}

/// `bytes` says where they come from.
inline Response answer_of(http::message_generator&& message, Facts facts, Bytes bytes) {
  auto source = std::make_unique<MessageSource>(std::move(message), facts);
  std::string body;
  source->pull(body, piece_bytes);
  Response response = source->take_head();
  const std::optional<std::uint64_t> length = source->chunked_body() ? std::nullopt : source->length();
  if (source->is_head() && (length || source->chunked_body())) {
    return std::move(response.set_stream([](BodyWriter&) -> Task<> { co_return; }, length));  // its head alone is sent
  }
  if (source->finished() && !source->chunked_body()) return std::move(response.set_body(std::move(body)));
  auto write = [source = std::move(source), body = std::move(body), bytes](BodyWriter& out) mutable {
    return write_rest(source.get(), &body, bytes, &out);
  };
  return std::move(response.set_stream(std::move(write), length));
}

template <class Body>
inline constexpr Bytes bytes_of = Bytes::anywhere;
template <>
inline constexpr Bytes bytes_of<http::empty_body> = Bytes::in_memory;
template <class Char, class Traits, class Allocator>
inline constexpr Bytes bytes_of<http::basic_string_body<Char, Traits, Allocator>> = Bytes::in_memory;
template <class T, class Allocator>
inline constexpr Bytes bytes_of<http::vector_body<T, Allocator>> = Bytes::in_memory;
template <class T>
inline constexpr Bytes bytes_of<http::span_body<T>> = Bytes::in_memory;
template <class Buffer>
inline constexpr Bytes bytes_of<http::basic_dynamic_body<Buffer>> = Bytes::in_memory;

template <class Body>
inline constexpr bool is_file_body = false;
template <class File>
inline constexpr bool is_file_body<http::basic_file_body<File>> = true;

/// A message that the server sends.
template <class T>
inline constexpr bool is_answer = std::is_same_v<T, http::message_generator>;
template <class Body, class Fields>
inline constexpr bool is_answer<http::message<false, Body, Fields>> = true;

template <class Body, class Fields>
void check_answer(const http::message<false, Body, Fields>& message) {
  static_assert(!std::is_same_v<Body, http::buffer_body>,
                "gyre: an answer with http::buffer_body is filled while it is written, by the code around the "
                "connection, which is gyre's: use gyre::Response::stream");
  static_assert(http::is_body_writer<Body>::value, "gyre: the Body of an answer needs a writer (BodyWriter)");
  if constexpr (requires { message.begin()->name_string(); }) {
    for (const auto& field : message) {  // or a value with a line break in it would be more than one field
      if (!is_token(text_of(field.name_string())) || !is_field_value(text_of(field.value()))) {
        throw Failure{Errc::invalid_argument};
      }
    }
  }
  if constexpr (requires { message.reason(); }) {  // or it would be a field
    if (!is_field_value(text_of(message.reason()))) throw Failure{Errc::invalid_argument};
  }
}

/// The answer to a request that a Beast handler has answered with `message`. Throws what keeps it from being one.
template <class Message>
Response answer_of(Message&& message, Facts facts) {
  if constexpr (std::is_same_v<Message, http::message_generator>) {
    return answer_of(std::move(message), facts, Bytes::anywhere);
  } else {
    check_answer(message);
    return answer_of(http::message_generator{std::move(message)}, facts, bytes_of<typename Message::body_type>);
  }
}

inline Facts facts_of(const Request& request) noexcept { return {.is_head = request.method() == Method::head}; }

}  // namespace detail

/// What a handler with the signature `(http::request<Body>&&, send)` answers with: `send(std::move(response))`, once,
/// from any thread. Can be copied; the contract is that of `Reply`. A file or another body that is read from elsewhere
/// is read up to its first 64 KiB inside the call, the rest on the offload pool while the answer goes out.
class Send {
 public:
  Send(Reply reply, detail::Facts facts) noexcept : reply_(std::move(reply)), facts_(facts) {}

  template <class Body, class Fields>
  void operator()(http::message<false, Body, Fields>&& message,
                  std::source_location where = std::source_location::current()) const {
    send(std::move(message), where);
  }
  void operator()(http::message_generator&& message,
                  std::source_location where = std::source_location::current()) const {
    send(std::move(message), where);
  }

  /// The reply that is owed, for `alive` and `on_cancel`.
  const Reply& reply() const noexcept { return reply_; }

 private:
  template <class Message>
  void send(Message&& message, const std::source_location& where) const {
    if (!reply_.alive()) return reply_(Response{}, where);  // is counted
    try {
      reply_(detail::answer_of(std::move(message), facts_), where);
    } catch (...) {
      reply_.fail(std::current_exception(), where);
    }
  }

  Reply reply_;
  detail::Facts facts_;
};

namespace detail {

template <class T>
inline constexpr bool is_request = false;
template <class Body, class Allocator>
inline constexpr bool is_request<http::message<true, Body, http::basic_fields<Allocator>>> = true;

/// The request that a function takes: as its signature says, else `Default` (a generic lambda, an overloaded or a
/// template call operator).
template <class F, class Default>
struct RequestOf : std::type_identity<Default> {};
template <class Signature>
struct FirstParameter : std::type_identity<void> {};
template <class R, class First, class... Rest>
struct FirstParameter<R(First, Rest...)> : std::type_identity<std::remove_cvref_t<First>> {};
template <gyre::detail::HasSignature F, class Default>
struct RequestOf<F, Default> : FirstParameter<typename gyre::detail::SignatureOf<F>::type> {};

template <class F, class Default>
struct HandlerCheck {
  using RequestType = typename RequestOf<F, Default>::type;
  static constexpr bool known_request = is_request<RequestType>;
  static constexpr bool sends = std::is_invocable_v<const F&, RequestType&&, Send>;
  static constexpr bool returns = !sends && std::is_invocable_v<const F&, RequestType&&>;
  static constexpr bool value = known_request && (sends || returns);

  static_assert(known_request,
                "gyre: a Beast handler takes http::request<Body, http::basic_fields<Allocator>>&& first. A stream, a "
                "parser, a socket or the session around them are not handed over: they are gyre's. Next to websockets: "
                "gyre::Response::upgrade");
  static_assert(
      value || !known_request,
      "gyre: a Beast handler is called with (http::request<Body>&&) or with (http::request<Body>&&, send), as "
      "const, for every loop calls it at once: no mutable lambda. A generic one gets "
      "http::request<http::string_body>; name another Body in handler<Body>(...)");
};

/// Says in words what is wrong with the result of a function.
template <class R>
struct ResultCheck {
  static constexpr bool value = is_answer<R>;
  static_assert(
      value,
      "gyre: a Beast handler returns http::message_generator or an http::response<Body>; it returns void only "
      "if it takes a send function");
};

/// What a Beast server would have read off the connection. Throws `HttpError` for a body that `Body` does not take.
template <class Message>
Message request_of(const Request& request) {
  using Body = typename Message::body_type;
  static_assert(!std::is_same_v<Body, http::buffer_body> && !is_file_body<Body>,
                "gyre: a request is handed over with its body collected. For http::file_body and http::buffer_body, "
                "which are read off the connection by the code around the handler, write a handler that takes "
                "gyre::Body");
  static_assert(http::is_body_reader<Body>::value, "gyre: the Body of a request needs a reader (BodyReader)");
  Message message;
  const wire::RequestHead& head = request.head();
  message.method_string(text_of(head.method_text()));
  message.target(text_of(head.target()));
  message.version(head.version_major() == 1 && head.version_minor() == 0 ? 10 : 11);
  for (const wire::FieldView field : head) message.insert(text_of(field.name), text_of(field.value));
  if (!head.has(FieldId::host) && !head.host().empty()) message.set(http::field::host, text_of(head.host()));
  const std::string_view body = request.body();
  typename Body::reader reader{message.base(), message.body()};
  boost::beast::error_code error;
  reader.init(std::uint64_t{body.size()}, error);
  for (std::size_t used = 0; !error && used < body.size();) {
    used += reader.put(boost::asio::const_buffer{body.data() + used, body.size() - used}, error);
  }
  if (!error) reader.finish(error);
  if (error) throw HttpError{Status::bad_request};
  return message;
}

}  // namespace detail

/// Makes a handler for any route of a function that was written for Boost.Beast:
///
///     app.get("/users/{id}", gyre::compat::beast::handler(
///         [](http::request<http::string_body>&& request) -> http::message_generator { ... }));
///     app.fallback(gyre::compat::beast::handler([root](auto&& request, auto send) {
///       handle_request(root, std::move(request), send);
///     }));
///
/// It takes the request by `&&`, by value or by `const&`, and returns an `http::message_generator` or an
/// `http::response<Body>`, or it takes a second parameter, to answer with: see `Send`. Everything else does not
/// compile. Runs on the loop, with the request's body collected (`Limits::body`).
///
/// The answer is serialized by Beast and read by its parser; status, fields and body of that are sent, and the framing
/// is gyre's: it writes Connection, Content-Length, Transfer-Encoding and Date itself. Chunked messages stay chunked, a
/// body without a length gets one. A body of up to 64 KiB is at hand at once, of a longer one 64 KiB at a time: a file
/// is never in memory as a whole. What cannot be serialized, or breaks its own framing, is a 500 and reported.
template <class Body = http::string_body, class F>
auto handler(F function, CallbackOptions options = {}, std::source_location where = std::source_location::current()) {
  using Check = detail::HandlerCheck<F, http::request<Body>>;
  (void)Check::value;
  return callback_handler(
      [function = std::move(function)](const Request& request, Reply reply) {
        if constexpr (Check::value) {
          using Message = typename Check::RequestType;
          const Send send{std::move(reply), detail::facts_of(request)};
          if constexpr (Check::sends) {
            static_assert(std::is_void_v<std::invoke_result_t<const F&, Message&&, Send>>,
                          "gyre: a Beast handler that is given a send function returns void");
            function(detail::request_of<Message>(request), send);
          } else if constexpr (detail::ResultCheck<std::invoke_result_t<const F&, Message&&>>::value) {
            auto answer = function(detail::request_of<Message>(request));
            send(std::move(answer), std::source_location{});
          }
        }
      },
      std::move(options), where);
}

/// As `handler`, for a function that blocks and returns its answer: it runs on the pool (`CallbackOptions::pool`), as
/// one does that had a thread for each connection.
template <class Body = http::string_body, class F>
auto blocking_handler(F function, CallbackOptions options = {},
                      std::source_location where = std::source_location::current()) {
  using Check = detail::HandlerCheck<F, http::request<Body>>;
  static_assert(!Check::sends, "gyre: a blocking Beast handler returns its answer and is given no send function");
  return callback_handler(
      [function = std::move(function)](const Request& request, Response& response) {
        if constexpr (Check::value && Check::returns) {
          using Message = typename Check::RequestType;
          if constexpr (detail::ResultCheck<std::invoke_result_t<const F&, Message&&>>::value) {
            auto answer = function(detail::request_of<Message>(request));
            response = detail::answer_of(std::move(answer), detail::facts_of(request));
          }
        }
      },
      std::move(options), where);
}

}  // namespace gyre::compat::beast
