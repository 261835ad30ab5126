#include <gyre/web/middleware/basic_auth.hpp>

#include <gyre/web/error.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/authorization.hpp>
#include <gyre/wire/challenge.hpp>

namespace gyre::detail {

std::string basic_challenge(std::string_view realm, const std::source_location& where) {
  std::string challenge;
  const wire::ChallengeParameter parameters[] = {{"realm", realm}, {"charset", "UTF-8"}};
  if (!wire::append_challenge(challenge, "Basic", parameters)) {
    throw SetupError{internal::place_text(where) + ": basic_auth: the realm has control characters"};
  }
  return challenge;
}

std::optional<wire::BasicCredentials> basic_credentials(Request& request) {
  const std::optional<std::string_view> field = internal::only_field(request, name(FieldId::authorization));
  if (!field) return std::nullopt;
  auto* text = static_cast<char*>(request.arena().allocate(field->size(), 1));
  const Result<wire::BasicCredentials> given = wire::parse_basic(*field, {text, field->size()});
  if (!given) return std::nullopt;
  return *given;
}

Response unauthorized(std::string_view challenge) {
  Response response = Response::problem(Status::unauthorized);
  response.add("WWW-Authenticate", challenge);
  return response;
}

}  // namespace gyre::detail
