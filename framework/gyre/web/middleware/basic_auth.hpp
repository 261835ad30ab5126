#pragma once

#include <gyre/web/detail/auth_check.hpp>
#include <gyre/web/next.hpp>
#include <gyre/wire/authorization.hpp>

#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace gyre {

/// Who has been let in by `basic_auth`: `request.extensions().find<gyre::BasicUser>()`.
struct BasicUser {
  std::string_view name;  ///< Lives as long as the request.
};

namespace detail {

/// The value of WWW-Authenticate. Throws `SetupError` for a realm that cannot stand in a field.
std::string basic_challenge(std::string_view realm, const std::source_location& where);
/// What the request's only Authorization field says, decoded into its arena; nothing if it says nothing of the kind.
std::optional<wire::BasicCredentials> basic_credentials(Request& request);
/// 401 with that challenge.
Response unauthorized(std::string_view challenge);

template <class Check>
Task<Response> basic_guard(Request& request, Next next, const Check& check, std::string_view challenge) {
  const std::optional<wire::BasicCredentials> given = basic_credentials(request);
  if (!given) co_return unauthorized(challenge);
  using Answer = decltype(call_check(check, request, given->user, given->password));
  bool passed = false;
  if constexpr (TaskValue<Answer>::is_task) {
    Answer task = call_check(check, request, given->user, given->password);
    auto found = co_await std::move(task);
    passed = admit(request, std::move(found));
  } else {
    passed = admit(request, call_check(check, request, given->user, given->password));
  }
  if (!passed) co_return unauthorized(challenge);
  request.extensions().set(BasicUser{given->user});
  Task<Response> rest = next(request);
  Response response = co_await std::move(rest);
  co_return std::move(response);
}

}  // namespace detail

/// Middleware: lets requests pass whose user and password `check` accepts (RFC 7617); all others are answered with 401
/// and the challenge, the charset of which is UTF-8.
///
///     app.use(gyre::basic_auth("files", [](std::string_view user, std::string_view password) {
///       return user == "admin" && gyre::wire::equal_secrets(password, secret);
///     }));
///
/// `check` is called on every loop at once, with or without a `Request&` as its first parameter. It returns `bool`, or
/// `std::optional<Principal>`: what it finds is handed on as `request.extensions()`, beside the `BasicUser`. Or a
/// `Task` of these, to ask a database. The texts live as long as the request. Compare secrets with
/// `wire::equal_secrets`; store them hashed. Only for TLS: the password travels in the clear. Throws `SetupError` for a
/// realm with control characters.
template <class Check>
  requires detail::IsCheck<Check, std::string_view, std::string_view>
Middleware basic_auth(std::string_view realm, Check check,
                      std::source_location where = std::source_location::current()) {
  auto guard = [check = std::move(check), challenge = detail::basic_challenge(realm, where)](
                   Request& request, Next next) { return detail::basic_guard(request, next, check, challenge); };
  return Middleware{std::move(guard), where};
}

}  // namespace gyre
