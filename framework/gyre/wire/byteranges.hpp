#pragma once

#include <gyre/base/result.hpp>
#include <gyre/wire/multipart_boundary.hpp>
#include <gyre/wire/range.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gyre::wire {

/// The Content-Type of an answer with several ranges (RFC 9110 14.6): "multipart/byteranges; boundary=...". The
/// boundary must not occur in the representation behind CRLF "--": take a random one.
std::string byteranges_type(const MultipartBoundary& boundary);

/// Appends what goes before the bytes of a range: the delimiter, the Content-Type of the representation (left out if
/// empty) and Content-Range. `size` is the size of the whole. The sizes of all of these, of the ranges and of the end
/// are the Content-Length.
/// Errors: `invalid_argument`, and nothing is appended, if `content_type` is no field value.
Result<void> append_byteranges_head(std::string& out, const MultipartBoundary& boundary, std::string_view content_type,
                                    ByteRange range, std::uint64_t size);

/// Appends what goes behind the bytes of the last range.
void append_byteranges_end(std::string& out, const MultipartBoundary& boundary);

}  // namespace gyre::wire
