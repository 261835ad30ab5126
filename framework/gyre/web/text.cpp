#include <gyre/web/text.hpp>

#include <gyre/base/utf8.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/media_type.hpp>

#include <optional>

namespace gyre {
namespace {

bool is_utf8_charset(std::optional<std::string_view> content_type) noexcept {
  if (!content_type) return false;
  if (content_type->empty()) return true;
  const std::optional<wire::MediaType> type = wire::parse_media_type(*content_type);
  if (!type) return false;
  std::string_view charset = type->parameter("charset").value_or("utf-8");
  if (charset.size() >= 2 && charset.front() == '"') charset = charset.substr(1, charset.size() - 2);
  return equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "us-ascii");
}

}  // namespace

Extracted<Text> Text::extract(Request& request) noexcept {
  if (!is_utf8_charset(internal::content_type(request))) {
    return Rejection{Status::unsupported_media_type, "the body must be text in UTF-8"};
  }
  if (!is_utf8(request.body())) return Rejection{Status::bad_request, "the body is not UTF-8"};
  return Text{request.body()};
}

}  // namespace gyre
