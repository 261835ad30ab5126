#pragma once

#include <gyre/base/result.hpp>
#include <gyre/http/response.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace gyre {
namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

template <class T>
inline constexpr bool is_with_status = false;
template <class T>
inline constexpr bool is_with_status<std::pair<Status, T>> = true;

template <class T>
concept HasToResponse = requires(T&& value) {
  { to_response(std::forward<T>(value)) } -> std::same_as<Response>;
};

template <class T>
inline constexpr bool converts_to_response =
    std::is_convertible_v<T, Response> && !std::same_as<std::remove_cvref_t<T>, std::nullptr_t>;

template <class T>
consteval bool is_respondable() {
  if constexpr (std::is_void_v<T>) {
    return false;
  } else if constexpr (is_optional<T> || is_result<T>) {
    return is_respondable<typename T::value_type>();
  } else if constexpr (is_with_status<T>) {
    return is_respondable<typename T::second_type>();
  } else {
    return HasToResponse<T> || converts_to_response<T>;
  }
}

}  // namespace detail

/// What a handler may return (or a `Task` of it):
/// - a `Response`, or what converts to one: `Status`, `std::string`, `const char*` and `std::string_view` (borrowed
///   text: a literal, or something that lives as long as the request);
/// - a type of your own for which `Response to_response(const X&)` stands in its namespace; it is asked first;
/// - `std::optional` of such a type: nothing is a 404;
/// - `std::pair<Status, X>` of such a type: that status in the place of its own; nothing stays a 404;
/// - `Result` of such a type: an error is thrown, `Cancelled` or `Failure`: a 500 if nobody catches it.
template <class T>
concept Respondable = detail::is_respondable<std::remove_cvref_t<T>>();

/// Makes an answer of what a handler returned.
template <Respondable T>
Response respond(T&& value) {
  using Value = std::remove_cvref_t<T>;
  if constexpr (std::same_as<Value, Response>) {
    return std::forward<T>(value);
  } else if constexpr (detail::is_optional<Value>) {
    if (!value) return Response::problem(Status::not_found);
    return respond(*std::forward<T>(value));
  } else if constexpr (detail::is_result<Value>) {
    return respond(std::forward<T>(value).value());
  } else if constexpr (detail::is_with_status<Value>) {
    if constexpr (detail::is_optional<typename Value::second_type>) {
      if (!value.second) return Response::problem(Status::not_found);
    }
    const Status status = value.first;
    Response response = respond(std::forward<T>(value).second);
    response.set_status(status);
    return response;
  } else if constexpr (detail::HasToResponse<Value>) {
    return to_response(std::forward<T>(value));
  } else {
    return std::forward<T>(value);
  }
}

}  // namespace gyre
