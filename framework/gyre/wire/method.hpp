#pragma once

#include <cstdint>
#include <string_view>

namespace gyre {

/// A request method (RFC 9110 section 9, RFC 5789). Methods are case-sensitive: "get" is not GET.
enum class Method : std::uint8_t {
  get,
  head,
  post,
  put,
  delete_,
  connect,
  options,
  trace,
  patch,
  other,  ///< Any other valid token; its text stands in the request's head.
};

/// "GET", "HEAD", ...; empty for `Method::other`, whose text only the request knows.
std::string_view name(Method method) noexcept;

/// The method of that exact text; `Method::other` for every other text (valid token or not: see `is_token`).
Method parse_method(std::string_view text) noexcept;

/// Whether the method promises to be read-only (RFC 9110 9.2.1): GET, HEAD, OPTIONS, TRACE.
bool is_safe(Method method) noexcept;

/// Whether doing it twice means the same as once (RFC 9110 9.2.2): the safe ones, PUT and DELETE.
bool is_idempotent(Method method) noexcept;

}  // namespace gyre
