#include <gyre/wire/h1/head_error.hpp>

namespace gyre::wire {

Status status_of(HeadError error) noexcept {
  switch (error) {
    case HeadError::none: return Status::ok;
    case HeadError::request_line_too_long: return Status::uri_too_long;
    case HeadError::header_block_too_large:
    case HeadError::too_many_fields: return Status::request_header_fields_too_large;
    case HeadError::unsupported_version: return Status::http_version_not_supported;
    case HeadError::unsupported_transfer_coding: return Status::not_implemented;
    case HeadError::unknown_expectation: return Status::expectation_failed;
    default: return Status::bad_request;
  }
}

std::string_view describe(HeadError error) noexcept {
  switch (error) {
    case HeadError::none: return "nothing is wrong";
    case HeadError::extra_empty_line: return "an empty line too many stands before the message";
    case HeadError::bare_cr: return "a CR is not followed by LF";
    case HeadError::bare_lf: return "a line ends with LF alone";
    case HeadError::control_character: return "the head holds a control character";
    case HeadError::bad_method: return "the method is no token";
    case HeadError::bad_target: return "the request target is invalid";
    case HeadError::bad_request_line: return "the request line is not a method, a target and a version";
    case HeadError::bad_version: return "the HTTP version is invalid";
    case HeadError::unsupported_version: return "the HTTP version is neither 1.1 nor 1.0";
    case HeadError::bad_status_line: return "the status line is not a version, a code and a reason";
    case HeadError::bad_status: return "the status code is not a number from 100 to 599";
    case HeadError::obs_fold: return "a field line begins with a blank (obsolete line folding)";
    case HeadError::missing_colon: return "a field line has no colon";
    case HeadError::empty_field_name: return "a field name is empty";
    case HeadError::space_before_colon: return "a blank stands before the colon of a field line";
    case HeadError::bad_field_name: return "a field name is no token";
    case HeadError::request_line_too_long: return "the request line is too long";
    case HeadError::status_line_too_long: return "the status line is too long";
    case HeadError::header_block_too_large: return "the header block is too large";
    case HeadError::too_many_fields: return "there are too many fields";
    case HeadError::missing_host: return "the Host field is missing";
    case HeadError::duplicate_host: return "there is more than one Host field";
    case HeadError::bad_host: return "the Host field is no host with an optional port";
    case HeadError::bad_content_length: return "Content-Length is no number of bytes";
    case HeadError::duplicate_content_length: return "there is more than one Content-Length";
    case HeadError::length_and_transfer_encoding: return "there are both Content-Length and Transfer-Encoding";
    case HeadError::duplicate_transfer_encoding: return "there is more than one Transfer-Encoding field";
    case HeadError::bad_transfer_encoding: return "Transfer-Encoding does not end in exactly one \"chunked\"";
    case HeadError::unsupported_transfer_coding: return "a transfer coding other than chunked is not supported";
    case HeadError::transfer_encoding_in_1_0: return "HTTP/1.0 has no Transfer-Encoding";
    case HeadError::bad_connection: return "Connection is no list of tokens";
    case HeadError::unknown_expectation: return "the only expectation that can be met is 100-continue";
    case HeadError::malformed: return "the head is malformed";
  }
  return "unknown error";
}

}  // namespace gyre::wire
