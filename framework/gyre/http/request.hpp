#pragma once

#include <gyre/base/arena.hpp>
#include <gyre/base/assert.hpp>
#include <gyre/base/result.hpp>
#include <gyre/http/detail/body_source.hpp>
#include <gyre/http/detail/request_control.hpp>
#include <gyre/http/extensions.hpp>
#include <gyre/net/endpoint.hpp>
#include <gyre/net/tls/info.hpp>
#include <gyre/wire/h1/request_head.hpp>
#include <gyre/wire/status.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre {

class Context;
class LoopValues;
class Response;

namespace detail {

/// Who knows where the other side is, and how it came, whatever the protocol.
class Peer {
 public:
  virtual Result<SocketAddress> peer_address() = 0;
  virtual Result<SocketAddress> local_address() = 0;
  virtual bool secure() const noexcept = 0;
  virtual std::optional<TlsInfo> tls() const = 0;

 protected:
  ~Peer() = default;
};

/// Where in a service a request was found: the service's own, which it wants to know again in `Service::failed`.
class Place {
 protected:
  ~Place() = default;
};

}  // namespace detail

/// A request and what belongs to it until its answer is out. Every view taken from it, and everything in its arena,
/// is valid until then, also across `co_await`; keeping one longer is a bug (debug builds overwrite the memory).
class Request {
 public:
  /// Path parameters that one route can have.
  static constexpr unsigned parameters_max = 16;

  Request(Arena& arena, wire::RequestHead& head) noexcept : arena_(&arena), head_(&head), extensions_(arena) {}
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Method method() const noexcept { return head_->method(); }
  /// The request target as it came.
  std::string_view target() const noexcept { return head_->target(); }
  /// The path, not decoded.
  std::string_view path() const noexcept { return head_->path(); }
  /// What follows the `?`, not decoded.
  std::string_view query() const noexcept { return head_->query(); }
  /// The decoded value of the first pair of the query with that key: "" for `?key` and `?key=`, nothing if there is no
  /// such pair or its value has a bad escape.
  std::optional<std::string_view> query(std::string_view key) const;

  /// The value of the first field of that name, or an empty text. Names are compared in any case.
  std::string_view header(FieldId id) const noexcept { return head_->find(id).value_or(std::string_view{}); }
  std::string_view header(std::string_view name) const noexcept {
    return head_->find(name).value_or(std::string_view{});
  }
  /// The parsed head, to walk over all fields.
  const wire::RequestHead& head() const noexcept { return *head_; }

  /// The collected body. A handler finds it collected, unless it takes a `Body`. In a middleware it may still be
  /// arriving: await `collect` first.
  std::string_view body() const noexcept { return body_; }

  /// What awaiting `collect` does.
  class [[nodiscard]] Collect : public detail::Waiter {
   public:
    explicit Collect(detail::BodySource* source) noexcept : Waiter(&Collect::leave), source_(source) {}
    bool await_ready() noexcept;
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle,
                       std::source_location where = std::source_location::current()) noexcept {
      if (!park(handle, detail::context_of(handle, where))) return false;
      source_->set_reader(this);
      return true;
    }
    Result<void> await_resume() noexcept;

   private:
    static void leave(Waiter& waiter) noexcept { static_cast<Collect&>(waiter).source_->set_reader(nullptr); }
    detail::BodySource* source_;
    detail::BodySource::Piece piece_;
  };

  /// Waits until the whole body is there for `body()`. Errors as those of `Body::read`; none if there is no body, or it
  /// is collected already.
  Collect collect() noexcept { return Collect{body_source_}; }

  /// Bytes that the body, if there is one, may have: `Limits::body`, what the route has instead, or less
  /// (`limit_body`).
  std::uint64_t body_limit() const noexcept { return body_limit_; }
  /// Lowers that limit: a longer body is refused with 413, while it is collected or read (`Errc::limit_exceeded`). A
  /// higher one changes nothing. False if the body is known to be longer now: nothing of it should be read. Decoded
  /// bytes count where a middleware decodes.
  [[nodiscard]] bool limit_body(std::uint64_t most) noexcept;

  /// The first trailer of that name, in any case: a field that followed a chunked body (RFC 9110 6.5). Only once the
  /// body is over; trailers are apart from the header and never take part in framing or routing.
  std::optional<std::string_view> trailer(std::string_view name) const noexcept;

  /// Sends an interim answer (1xx, RFC 9110 15.2) such as 103 with Link fields, ahead of the real one. False, and
  /// nothing is sent, if the client speaks HTTP/1.0, if an earlier request is still to be answered, or if the answer's
  /// head is out. 101 and 100 are the server's own business, and refused too.
  bool inform(const Response& interim);

  /// Shortens the time of this request's handler: at `when` the client gets `status`, as an RFC 9457 problem, and the
  /// handler is cancelled with `CancelReason::deadline` and joined; what it answers then is dropped and counted. A
  /// later instant than that of an earlier call, of the route or of `Limits::handler` changes nothing. One that has
  /// passed ends the request as soon as the handler waits. Without effect for a plain handler, which nothing can
  /// interrupt, and once the answer is there. From the handler or middleware, on the request's thread. What
  /// `Context::deadline` says follows, for contexts that are made afterwards, too.
  void limit_deadline(TimePoint when, Status status = Status::service_unavailable) noexcept {
    if (control_ != nullptr) control_->limit_deadline(when, status);
  }
  /// The same, so long from now.
  void limit_deadline(Duration length, Status status = Status::service_unavailable) noexcept;

  /// The n-th path parameter, percent-decoded.
  std::string_view parameter(unsigned index) const noexcept {
    GYRE_ASSERT(index < parameter_count_);
    return parameters_[index];
  }
  unsigned parameter_count() const noexcept { return parameter_count_; }

  /// Where the connection comes from: the client, also behind one of `ServerOptions::proxies`, or any other proxy in
  /// front. The kernel is asked at each call. Errors: `closed` if there is no connection (any more), and the kernel's.
  Result<Endpoint> peer() const;
  /// Where it arrived: this side of the connection, asked and failing likewise. Behind a proxy that is the address that
  /// the proxy connects to.
  Result<Endpoint> local() const;

  /// Whether the client's connection is encrypted, to this server or to one of `ServerOptions::proxies` that says so.
  /// Of other proxies nothing is known. False without a connection; stays what it was if the client leaves.
  bool secure() const noexcept { return peer_ != nullptr && peer_->secure(); }

  /// What the TLS handshake with this server has agreed on, and who the client has proven to be. Nothing without TLS,
  /// or once the client has left. Made at each call.
  std::optional<TlsInfo> tls() const;

  /// What a middleware wants to hand to those behind it: see `Extension`.
  Extensions& extensions() noexcept { return extensions_; }
  const Extensions& extensions() const noexcept { return extensions_; }

  /// Memory that lives as long as the request.
  Arena& arena() const noexcept { return *arena_; }

  /// The scope of this request: cancelled when the client leaves, when the server gives up.
  Context& context() const noexcept {
    GYRE_ASSERT(context_ != nullptr);
    return *context_;
  }

  // --- for the server and the router ----------------------------------------------------------------------------
  void set_body(std::string_view body) noexcept { body_ = body; }
  void set_trailers(std::string_view lines) noexcept { trailers_ = lines; }
  /// Where the rest of the body comes from; nullptr once it is collected, or if there is none.
  detail::BodySource* body_source() const noexcept { return body_source_; }
  void set_body_source(detail::BodySource* source) noexcept { body_source_ = source; }
  void set_control(detail::RequestControl* control) noexcept { control_ = control; }
  /// What is answered when the handler's time is over.
  Status deadline_status() const noexcept;
  /// For every body anew: where there is none the limit means nothing.
  void set_body_limit(std::uint64_t most) noexcept { body_limit_ = most; }
  void set_context(Context* context) noexcept { context_ = context; }
  void set_peer(detail::Peer* peer) noexcept { peer_ = peer; }
  /// What the service has for the requests of this loop; nullptr if nobody set it.
  const LoopValues* values() const noexcept { return values_; }
  void set_values(const LoopValues* values) noexcept { values_ = values; }
  const detail::Place* place() const noexcept { return place_; }
  void set_place(const detail::Place* place) noexcept { place_ = place; }
  void clear_parameters() noexcept { parameter_count_ = 0; }
  /// Forgets everything but the head, what belongs to the connection or the loop, and the place, which every `find`
  /// sets anew.
  void reset() noexcept {
    extensions_.clear();
    context_ = nullptr;
    body_source_ = nullptr;
    control_ = nullptr;
    body_ = {};
    trailers_ = {};
    parameter_count_ = 0;
  }
  /// The bytes of the head have been copied: parameters that are views into `from` become views into the copy.
  void move_parameters(std::string_view from, const char* to) noexcept {
    for (unsigned index = 0; index < parameter_count_; ++index) {
      std::string_view& value = parameters_[index];
      const auto offset =
          reinterpret_cast<std::uintptr_t>(value.data()) - reinterpret_cast<std::uintptr_t>(from.data());
      if (offset < from.size()) value = {to + offset, value.size()};
    }
  }
  void add_parameter(std::string_view value) noexcept {
    GYRE_ASSERT(parameter_count_ < parameters_max);
    parameters_[parameter_count_++] = value;
  }

 private:
  Arena* arena_;
  wire::RequestHead* head_;
  Context* context_ = nullptr;
  detail::BodySource* body_source_ = nullptr;
  detail::RequestControl* control_ = nullptr;
  detail::Peer* peer_ = nullptr;
  const LoopValues* values_ = nullptr;
  const detail::Place* place_ = nullptr;
  Extensions extensions_;
  std::uint64_t body_limit_ = UINT64_MAX;
  std::string_view body_;
  std::string_view trailers_;
  unsigned parameter_count_ = 0;
  std::string_view parameters_[parameters_max];
};

}  // namespace gyre
