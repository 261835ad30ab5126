#pragma once

#include <gyre/web/detail/auth_check.hpp>
#include <gyre/web/next.hpp>

#include <concepts>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace gyre {

/// What a check of `bearer_auth` says about a token, where `bool` does not say enough.
enum class BearerVerdict : std::uint8_t {
  accepted,
  invalid_token,       ///< 401: unknown, expired, revoked, malformed.
  insufficient_scope,  ///< 403: a good token, but not for this.
};

/// What `bearer_auth` tells clients.
struct BearerOptions {
  std::string realm = {};  ///< Of the challenge; empty: none.
  std::string scope = {};  ///< The scope that is needed, told with `insufficient_scope`; empty: not told.
};

namespace detail {

/// The answers of a `bearer_auth`, made when it is set up (RFC 6750 3).
struct BearerChallenges {
  std::string missing;
  std::string invalid_request;
  std::string invalid_token;
  std::string insufficient_scope;
};

/// Throws `SetupError` for options that cannot stand in a field.
BearerChallenges bearer_challenges(const BearerOptions& options, const std::source_location& where);

/// What the request's Authorization says.
struct BearerToken {
  enum class State : std::uint8_t { missing, malformed, given };
  State state = State::missing;
  std::string_view text;
};
BearerToken bearer_token(const Request& request) noexcept;

Response bearer_refusal(const BearerChallenges& challenges, BearerToken::State state);
Response bearer_refusal(const BearerChallenges& challenges, BearerVerdict verdict);

template <class Found>
BearerVerdict verdict_of(Request& request, Found&& found) {
  if constexpr (std::same_as<std::remove_cvref_t<Found>, BearerVerdict>) {
    return found;
  } else {
    return admit(request, std::forward<Found>(found)) ? BearerVerdict::accepted : BearerVerdict::invalid_token;
  }
}

template <class Check>
Task<Response> bearer_guard(Request& request, Next next, const Check& check, const BearerChallenges& challenges) {
  const BearerToken token = bearer_token(request);
  if (token.state != BearerToken::State::given) co_return bearer_refusal(challenges, token.state);
  using Answer = decltype(call_check(check, request, token.text));
  BearerVerdict verdict = BearerVerdict::invalid_token;
  if constexpr (TaskValue<Answer>::is_task) {
    Answer task = call_check(check, request, token.text);
    auto found = co_await std::move(task);
    verdict = verdict_of(request, std::move(found));
  } else {
    verdict = verdict_of(request, call_check(check, request, token.text));
  }
  if (verdict != BearerVerdict::accepted) co_return bearer_refusal(challenges, verdict);
  Task<Response> rest = next(request);
  Response response = co_await std::move(rest);
  co_return std::move(response);
}

}  // namespace detail

/// Middleware: lets requests pass whose bearer token (RFC 6750 2.1) `check` accepts.
///
///     api.use(gyre::bearer_auth([](std::string_view token) -> gyre::Task<std::optional<User>> { ... }));
///
/// `check` is called on every loop at once, with or without a `Request&` as its first parameter. It returns `bool`,
/// `std::optional<Principal>` (handed on as `request.extensions()`), a `BearerVerdict`, or a `Task` of one of these.
/// The token lives as long as the request. Tokens that are compared are secrets: `wire::equal_secrets`.
///
/// The answers to the rest, with WWW-Authenticate (RFC 6750 3.1): 401 without a token; 400, `invalid_request`, for one
/// that is none, and for several Authorization fields; 401, `invalid_token`; 403, `insufficient_scope`. Tokens in a
/// body or a query are not looked for: they end up in logs. Throws `SetupError` for options that cannot stand in a
/// field.
template <class Check>
  requires detail::IsCheck<Check, std::string_view>
Middleware bearer_auth(Check check, const BearerOptions& options = {},
                       std::source_location where = std::source_location::current()) {
  auto guard = [check = std::move(check), challenges = detail::bearer_challenges(options, where)](
                   Request& request, Next next) { return detail::bearer_guard(request, next, check, challenges); };
  return Middleware{std::move(guard), where};
}

}  // namespace gyre
