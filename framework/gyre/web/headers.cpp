#include <gyre/web/headers.hpp>

#include <gyre/web/internal/member_reader.hpp>

namespace gyre::detail {

bool read_headers(Request& request, const JsonObject& object, void* value, Rejection& rejection) {
  internal::MemberReader reader{object, value, internal::MemberReader::Names::as_fields};
  for (const wire::FieldView& field : request.head()) reader.read(field.name, field.value);
  reader.finish();
  if (reader.is_good()) return true;
  rejection =
      reader.rejection(request, Status::bad_request, "the header fields do not have the expected values", "header");
  return false;
}

}  // namespace gyre::detail
