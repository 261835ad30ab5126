#include <gyre/wire/multipart_error.hpp>

namespace gyre::wire {

Status status_of(MultipartError error) noexcept {
  switch (error) {
    case MultipartError::none: return Status::ok;
    case MultipartError::too_many_parts:
    case MultipartError::head_too_large:
    case MultipartError::line_too_long:
    case MultipartError::too_many_fields:
    case MultipartError::text_too_large:
    case MultipartError::part_too_large: return Status::content_too_large;
    default: return Status::bad_request;
  }
}

std::string_view describe(MultipartError error) noexcept {
  switch (error) {
    case MultipartError::none: return "nothing is wrong";
    case MultipartError::bad_delimiter: return "a line that begins with the boundary is no delimiter";
    case MultipartError::truncated: return "the body ended before its last delimiter";
    case MultipartError::bare_line_end: return "a line in the head of a part does not end with CRLF";
    case MultipartError::control_character: return "a field of a part holds a control character";
    case MultipartError::bad_field: return "a field line of a part is invalid";
    case MultipartError::repeated_field: return "a part has Content-Disposition or Content-Type twice";
    case MultipartError::no_disposition: return "a part has no Content-Disposition";
    case MultipartError::bad_disposition: return "the Content-Disposition of a part is no valid form-data";
    case MultipartError::no_name: return "a part has no name";
    case MultipartError::bad_content_type: return "the Content-Type of a part is invalid";
    case MultipartError::too_many_parts: return "there are too many parts";
    case MultipartError::head_too_large: return "the head of a part is too large";
    case MultipartError::line_too_long: return "a field line of a part is too long";
    case MultipartError::too_many_fields: return "a part has too many fields";
    case MultipartError::text_too_large: return "a part without a file name is too large";
    case MultipartError::part_too_large: return "a part is too large";
  }
  return "unknown error";
}

}  // namespace gyre::wire
