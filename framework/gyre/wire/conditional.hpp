#pragma once

#include <gyre/wire/entity_tag.hpp>
#include <gyre/wire/method.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace gyre::wire {

/// The conditions of a request (RFC 9110 13.1): the values of the fields that it has. Of a field that stands several
/// times, If-Match and If-None-Match are to be joined with commas; the others must not be repeated.
struct Conditions {
  std::optional<std::string_view> if_match = {};
  std::optional<std::string_view> if_unmodified_since = {};
  std::optional<std::string_view> if_none_match = {};
  std::optional<std::string_view> if_modified_since = {};
  std::optional<std::string_view> if_range = {};
};

/// What is known of the representation that the request would be answered with, or would change.
struct Validators {
  bool exists = true;  ///< Whether there is one: "*" asks for it. Without one the others do not count.
  std::optional<EntityTag> entity_tag = {};
  std::optional<std::int64_t> last_modified = {};  ///< Seconds since 1970-01-01T00:00:00Z.

  /// Whether it cannot have changed twice within the second of `last_modified` (RFC 9110 8.8.2.2). Unless that is
  /// known, a date in If-Range says nothing, and the whole is sent.
  bool last_modified_is_strong = false;
};

/// What becomes of a conditional request.
enum class Precondition : std::uint8_t {
  proceed,       ///< Do what the method says; a Range field counts.
  ignore_range,  ///< Do what the method says; a Range field does not count: what the client has a part of has changed.
  not_modified,  ///< 304, with the validators and what caches need (RFC 9110 15.4.5).
  failed,        ///< 412. Nothing was done.
};

/// Evaluates the conditions in the RFC's order (RFC 9110 13.2.2): If-Match or else If-Unmodified-Since, If-None-Match
/// or else If-Modified-Since, then If-Range. To be asked when the answer without conditions would be a 2xx (13.2.1).
///
/// If-Match and If-Range compare strongly, If-None-Match weakly. A date that cannot be read, or without a
/// `last_modified` to compare with, is no condition. A list of tags that cannot be read matches nothing where that is
/// the careful answer: If-Match fails; If-None-Match lets GET and HEAD proceed, and fails for methods that change
/// something. CONNECT, OPTIONS and TRACE know no conditions.
///
/// `unix_now` is what `parse_http_date` wants.
Precondition evaluate_conditions(Method method, const Conditions& conditions, const Validators& current,
                                 std::int64_t unix_now) noexcept;

}  // namespace gyre::wire
