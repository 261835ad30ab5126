#include <gyre/wire/byteranges.hpp>

#include <gyre/wire/fields.hpp>

namespace gyre::wire {

std::string byteranges_type(const MultipartBoundary& boundary) {
  const std::string_view quote = is_token(boundary.text()) ? "" : "\"";
  std::string type = "multipart/byteranges; boundary=";
  ((type += quote) += boundary.text()) += quote;  // no boundary has anything to escape
  return type;
}

Result<void> append_byteranges_head(std::string& out, const MultipartBoundary& boundary, std::string_view content_type,
                                    ByteRange range, std::uint64_t size) {
  if (!is_field_value(content_type)) return Errc::invalid_argument;
  (out += boundary.delimiter()) += "\r\n";
  if (!content_type.empty()) ((out += "Content-Type: ") += content_type) += "\r\n";
  char text[content_range_bound];
  ((out += "Content-Range: ") += format_content_range(range, size, text)) += "\r\n\r\n";
  return {};
}

void append_byteranges_end(std::string& out, const MultipartBoundary& boundary) {
  (out += boundary.delimiter()) += "--\r\n";
}

}  // namespace gyre::wire
