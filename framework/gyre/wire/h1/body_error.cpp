#include <gyre/wire/h1/body_error.hpp>

namespace gyre::wire {

Status status_of(BodyError error) noexcept {
  switch (error) {
    case BodyError::none: return Status::ok;
    case BodyError::body_too_large: return Status::content_too_large;
    case BodyError::trailers_too_large:
    case BodyError::too_many_trailers: return Status::request_header_fields_too_large;
    default: return Status::bad_request;
  }
}

std::string_view describe(BodyError error) noexcept {
  switch (error) {
    case BodyError::none: return "nothing is wrong";
    case BodyError::bad_chunk_size: return "a chunk size is invalid";
    case BodyError::chunk_size_too_large: return "a chunk size has more than 16 digits";
    case BodyError::bad_chunk_extension: return "a chunk extension is invalid";
    case BodyError::bad_chunk_end: return "the data of a chunk does not end where its size says";
    case BodyError::bare_cr: return "a CR is not followed by LF";
    case BodyError::bare_lf: return "a line ends with LF alone";
    case BodyError::control_character: return "a chunk's line or a trailer field holds a control character";
    case BodyError::chunk_extension_too_long: return "the extensions of a chunk are too long";
    case BodyError::chunk_extensions_too_large: return "the chunk extensions of the body are too large";
    case BodyError::bad_trailer: return "a trailer field line is invalid";
    case BodyError::forbidden_trailer: return "a field stands in the trailer section that must not";
    case BodyError::trailers_too_large: return "the trailer section is too large";
    case BodyError::too_many_trailers: return "there are too many trailer fields";
    case BodyError::body_too_large: return "the body is too large";
    case BodyError::truncated: return "the body ended before its end";
  }
  return "unknown error";
}

}  // namespace gyre::wire
