#pragma once

#include <gyre/base/result.hpp>

#include <cstdint>
#include <string_view>

namespace gyre::wire {

/// The boundary of a multipart body (RFC 2046 5.1.1): 1 to 70 of the characters that the RFC allows, no space at the
/// end. Holds its text itself.
class MultipartBoundary {
 public:
  /// Errors: `bad_message` if the text is no boundary.
  static Result<MultipartBoundary> from_text(std::string_view text) noexcept;

  /// The boundary that a Content-Type of multipart/form-data names, quoted or not.
  /// Errors: `unsupported` for another media type (415); `bad_message` if the field cannot be read, or names no
  /// boundary or one that is none (400).
  static Result<MultipartBoundary> from_content_type(std::string_view field) noexcept;

  /// The boundary alone.
  std::string_view text() const noexcept { return delimiter().substr(4); }
  /// What stands between parts: CRLF "--" and the boundary.
  std::string_view delimiter() const noexcept { return {delimiter_, size_}; }

 private:
  MultipartBoundary() noexcept = default;

  char delimiter_[74];
  std::uint8_t size_ = 0;
};

}  // namespace gyre::wire
