#include <gyre/web/form.hpp>

#include <gyre/web/internal/member_reader.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/web/query.hpp>
#include <gyre/wire/form.hpp>
#include <gyre/wire/media_type.hpp>

#include <optional>
#include <span>

namespace gyre::detail {
namespace {

using internal::MemberReader;

/// Reads all pairs; why they cannot be walked to the end, if so.
std::optional<Error> read_pairs(Request& request, std::string_view form, MemberReader& reader) {
  const std::size_t room = wire::form_decoded_bound(form);
  char* const buffer = room == 0 ? nullptr : static_cast<char*>(request.arena().allocate(room, 1));
  wire::FormPairs pairs{form, {buffer, room}};
  while (pairs.next()) reader.read(pairs.name(), pairs.value());
  reader.finish();
  return pairs.error();
}

}  // namespace

bool read_query(Request& request, const JsonObject& object, void* value, Rejection& rejection) {
  MemberReader reader{object, value, MemberReader::Names::as_described};
  const std::optional<Error> error = read_pairs(request, request.query(), reader);
  if (!error && reader.is_good()) return true;
  if (error) {
    rejection = {Status::bad_request,
                 *error == Errc::limit_exceeded ? "the query has too many parameters" : "the query has a bad escape"};
  } else {
    rejection =
        reader.rejection(request, Status::bad_request, "the query does not have the expected values", "parameter");
  }
  return false;
}

bool read_form(Request& request, const JsonObject& object, void* value, Rejection& rejection) {
  const std::optional<wire::MediaType> type =
      wire::parse_media_type(internal::content_type(request).value_or(std::string_view{}));
  if (!type || !type->is("application/x-www-form-urlencoded")) {
    rejection = {Status::unsupported_media_type, "the body must be application/x-www-form-urlencoded"};
    return false;
  }
  MemberReader reader{object, value, MemberReader::Names::as_described};
  const std::optional<Error> error = read_pairs(request, request.body(), reader);
  if (!error && reader.is_good()) return true;
  if (!error) {
    rejection =
        reader.rejection(request, Status::unprocessable_content, "the form does not have the expected values", "field");
  } else if (*error == Errc::limit_exceeded) {
    rejection = {Status::content_too_large, "the form has too many fields"};
  } else {
    rejection = {Status::bad_request, "the form has a bad escape"};
  }
  return false;
}

}  // namespace gyre::detail
