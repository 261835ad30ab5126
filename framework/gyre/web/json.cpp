#include <gyre/web/json.hpp>

#include <gyre/web/internal/json_value.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/wire/fields.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace gyre::detail {
namespace {

/// `application/json` or `application/<name>+json`, before any parameters.
bool is_json(std::string_view media_type) noexcept {
  std::string_view type = media_type.substr(0, media_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  constexpr std::string_view application = "application/";
  constexpr std::string_view suffix = "+json";
  if (type.size() <= application.size() || !equal_ignoring_case(type.substr(0, application.size()), application)) {
    return false;
  }
  const std::string_view subtype = type.substr(application.size());
  if (equal_ignoring_case(subtype, "json")) return true;
  return is_token(subtype) && subtype.size() > suffix.size() &&
         equal_ignoring_case(subtype.substr(subtype.size() - suffix.size()), suffix);
}

using Known = std::vector<const JsonObject*>;

void prepare_type(const JsonType& type, Known& known) {
  switch (type.kind) {
    case JsonKind::nullable: return prepare_type(*type.nullable->inner, known);
    case JsonKind::sequence: return prepare_type(*type.sequence->element, known);
    case JsonKind::array: return prepare_type(*type.array->element, known);
    case JsonKind::map: return prepare_type(*type.map->element, known);
    case JsonKind::object: break;
    default: return;
  }
  if (std::find(known.begin(), known.end(), type.object) != known.end()) return;
  known.push_back(type.object);
  if (type.object->prepare != nullptr) type.object->prepare();
  for (const JsonMember& member : type.object->members) prepare_type(*member.type, known);
}

}  // namespace

bool read_json_body(Request& request, const JsonType& type, void* value, const JsonLimits& limits,
                    Rejection& rejection) {
  const std::optional<std::string_view> media_type = internal::content_type(request);
  if (!media_type || !is_json(*media_type)) {
    rejection = {Status::unsupported_media_type, "the body must be application/json"};
    return false;
  }
  const JsonOutcome outcome = read_json(request.body(), type, value, limits);
  if (outcome) return true;
  rejection = {outcome.status, request.arena().copy(outcome.detail)};
  if (!outcome.violations.empty()) {
    rejection.detail = "the body does not have the expected values";
    rejection.members = request.arena().copy(internal::errors_member("pointer", outcome.violations));
  }
  return false;
}

void prepare_json(const JsonType& type) {
  Known known;
  prepare_type(type, known);
}

Response json_response(const JsonType& type, const void* value) {
  std::string text;
  write_json(text, type, value);
  Response response{Status::ok, std::move(text)};
  response.set_content_type("application/json");
  return response;
}

}  // namespace gyre::detail
