#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/http/request.hpp>

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace gyre::detail {

template <class T>
struct TaskValue {
  using type = T;
  static constexpr bool is_task = false;
};
template <class T>
struct TaskValue<Task<T>> {
  using type = T;
  static constexpr bool is_task = true;
};

template <class T>
inline constexpr bool is_optional_principal = false;
template <class T>
inline constexpr bool is_optional_principal<std::optional<T>> = true;

/// Calls a check with the request before its credentials if it takes that, else with the credentials alone.
template <class Check, class... Credentials>
decltype(auto) call_check(const Check& check, Request& request, Credentials... credentials) {
  if constexpr (std::invocable<const Check&, Request&, Credentials...>) {
    return check(request, credentials...);
  } else {
    return check(credentials...);
  }
}

/// What a check finds, without the task around it.
template <class Check, class... Credentials>
using CheckResult = typename TaskValue<decltype(call_check(std::declval<const Check&>(), std::declval<Request&>(),
                                                           std::declval<Credentials>()...))>::type;

template <class Check, class... Credentials>
concept IsCheck =
    std::invocable<const Check&, Request&, Credentials...> || std::invocable<const Check&, Credentials...>;

/// Whether the check has passed. A principal is handed to those behind it.
template <class Found>
bool admit(Request& request, Found&& found) {
  using Value = std::remove_cvref_t<Found>;
  if constexpr (is_optional_principal<Value>) {
    if (!found) return false;
    request.extensions().set(*std::forward<Found>(found));
    return true;
  } else {
    static_assert(std::same_as<Value, bool>, "gyre: a check returns bool or std::optional<Principal>, or a Task of it");
    return found;
  }
}

}  // namespace gyre::detail
