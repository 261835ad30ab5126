#include <gyre/wire/multipart_boundary.hpp>

#include <gyre/wire/internal/characters.hpp>
#include <gyre/wire/media_type.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace gyre::wire {
namespace {

constexpr std::string_view dashes = "\r\n--";
constexpr std::size_t boundary_max = 70;

/// bchars, RFC 2046 5.1.1.
bool is_boundary_char(char c) noexcept {
  return internal::is_class(c, internal::char_alphanumeric) ||
         std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

}  // namespace

Result<MultipartBoundary> MultipartBoundary::from_text(std::string_view text) noexcept {
  if (text.empty() || text.size() > boundary_max || text.ends_with(' ') ||
      !std::all_of(text.begin(), text.end(), is_boundary_char)) {
    return Errc::bad_message;
  }
  MultipartBoundary boundary;
  std::copy(text.begin(), text.end(), std::copy(dashes.begin(), dashes.end(), boundary.delimiter_));
  boundary.size_ = static_cast<std::uint8_t>(dashes.size() + text.size());
  return boundary;
}

Result<MultipartBoundary> MultipartBoundary::from_content_type(std::string_view field) noexcept {
  const std::optional<MediaType> type = parse_media_type(field);
  if (!type) return Errc::bad_message;
  if (!type->is("multipart/form-data")) return Errc::unsupported;
  const std::optional<std::string_view> raw = type->parameter("boundary");
  if (!raw) return Errc::bad_message;
  char buffer[2 * boundary_max + 2];  // each character escaped, and the quotes
  const Result<std::string_view> text = unquote(*raw, buffer);
  return text ? from_text(*text) : Result<MultipartBoundary>(Errc::bad_message);
}

}  // namespace gyre::wire
