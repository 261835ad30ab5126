#include <gyre/web/middleware/bearer_auth.hpp>

#include <gyre/web/error.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/authorization.hpp>
#include <gyre/wire/challenge.hpp>

#include <utility>
#include <vector>

namespace gyre::detail {
namespace {

enum class Scope : std::uint8_t { told, untold };

std::string challenge(const BearerOptions& options, std::string_view error, Scope scope,
                      const std::source_location& where) {
  std::vector<wire::ChallengeParameter> parameters;
  if (!options.realm.empty()) parameters.push_back({"realm", options.realm});
  if (!error.empty()) parameters.push_back({"error", error});
  if (scope == Scope::told && !options.scope.empty()) parameters.push_back({"scope", options.scope});
  std::string text;
  if (!wire::append_challenge(text, "Bearer", parameters)) {
    throw SetupError{internal::place_text(where) + ": bearer_auth: the realm or the scope has control characters"};
  }
  return text;
}

Response refusal(Status status, std::string_view challenge) {
  Response response = Response::problem(status);
  response.add("WWW-Authenticate", challenge);
  return response;
}

}  // namespace

BearerChallenges bearer_challenges(const BearerOptions& options, const std::source_location& where) {
  return {.missing = challenge(options, {}, Scope::told, where),
          .invalid_request = challenge(options, "invalid_request", Scope::untold, where),
          .invalid_token = challenge(options, "invalid_token", Scope::untold, where),
          .insufficient_scope = challenge(options, "insufficient_scope", Scope::told, where)};
}

BearerToken bearer_token(const Request& request) noexcept {
  BearerToken token;
  bool found = false;
  for (const wire::FieldView field : request.head()) {
    if (field.id != FieldId::authorization) continue;
    if (std::exchange(found, true)) return {BearerToken::State::malformed, {}};
    const Result<std::string_view> text = wire::parse_bearer(field.value);
    if (text) {
      token = {BearerToken::State::given, *text};
    } else if (text.error() != Errc::unsupported) {  // another scheme is no token of ours
      token.state = BearerToken::State::malformed;
    }
  }
  return token;
}

Response bearer_refusal(const BearerChallenges& challenges, BearerToken::State state) {
  if (state == BearerToken::State::missing) return refusal(Status::unauthorized, challenges.missing);
  return refusal(Status::bad_request, challenges.invalid_request);
}

Response bearer_refusal(const BearerChallenges& challenges, BearerVerdict verdict) {
  if (verdict == BearerVerdict::insufficient_scope) return refusal(Status::forbidden, challenges.insufficient_scope);
  return refusal(Status::unauthorized, challenges.invalid_token);
}

}  // namespace gyre::detail
