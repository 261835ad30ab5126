#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/http/request.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gyre {

namespace detail {
struct CopiedRequest;
}

/// A request that owns what it shows: good on any thread, for as long as it is held. What a callback handler takes in
/// the place of `const Request&` if it hands the request on:
///
///     app.get("/rows/{id}", gyre::callback_handler([&](gyre::RequestCopy request, gyre::Reply reply) {
///       workers.push([request, reply] { reply(find(request.parameter(0))); });
///     }));
///
/// Copies share it; it never changes. Views taken from it live as long as one of its copies.
class RequestCopy {
 public:
  /// Copies everything, the body too, as far as it is collected. On the request's thread.
  RequestCopy(const Request& request);
  RequestCopy(const RequestCopy& other) noexcept = default;
  RequestCopy(RequestCopy&& other) noexcept = default;
  RequestCopy& operator=(const RequestCopy& other) noexcept = default;
  RequestCopy& operator=(RequestCopy&& other) noexcept = default;
  ~RequestCopy();

  Method method() const noexcept;
  /// "GET"; the only name of a `Method::other`.
  std::string_view method_name() const noexcept;
  /// The request target as it came.
  std::string_view target() const noexcept;
  /// The path, not decoded.
  std::string_view path() const noexcept;
  /// What follows the `?`, not decoded.
  std::string_view query() const noexcept;
  /// The decoded value of the first pair of the query with that key: see `Request::query`.
  std::optional<std::string> query(std::string_view key) const;
  /// Whom the request is for, `host[:port]`.
  std::string_view host() const noexcept;
  /// 1 for HTTP/1, 2 for HTTP/2; and 1 for HTTP/1.1, else 0.
  int version_major() const noexcept;
  int version_minor() const noexcept;

  /// The value of the first field of that name, in any case, or an empty text.
  std::string_view header(FieldId id) const noexcept;
  std::string_view header(std::string_view name) const noexcept;
  /// All fields in their order.
  std::span<const wire::FieldView> fields() const noexcept;

  /// The n-th path parameter, percent-decoded.
  std::string_view parameter(unsigned index) const noexcept {
    GYRE_ASSERT(index < parameter_count());
    return parameters()[index];
  }
  unsigned parameter_count() const noexcept { return static_cast<unsigned>(parameters().size()); }

  std::string_view body() const noexcept;

  /// Where the connection came from, "127.0.0.1:4711" or "unix:"; empty if that was not known (any more).
  std::string_view peer() const noexcept;
  /// Its address alone, and its port; empty and 0 for a Unix socket.
  std::string_view peer_ip() const noexcept;
  std::uint16_t peer_port() const noexcept;
  /// See `Request::secure`.
  bool secure() const noexcept;

 private:
  std::span<const std::string_view> parameters() const noexcept;

  Shared<const detail::CopiedRequest> copy_;
};

}  // namespace gyre
