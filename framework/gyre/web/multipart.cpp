#include <gyre/web/multipart.hpp>

#include <gyre/base/utf8.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/internal/multipart_stream.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/wire/field_lines.hpp>

#include <utility>

namespace gyre {
namespace {

using detail::MultipartStream;
using Part = Multipart::Part;

// The stream stays where it is, whatever becomes of the `Multipart` and its `Part`.

Task<std::optional<Part>> next_of(MultipartStream* stream) {
  std::optional<Part> part;
  const bool found = co_await stream->next_part();
  if (found) part.emplace(*stream, stream->number());
  co_return part;
}

Task<std::string> collect(MultipartStream* stream, std::size_t number, std::size_t limit) {
  std::string content;
  for (;;) {
    const std::string_view piece = co_await stream->read(number);
    if (piece.empty()) break;
    if (piece.size() > limit - content.size()) {
      throw HttpError{Status::content_too_large, "a part is larger than " + std::to_string(limit) + " bytes"};
    }
    content.append(piece);
  }
  co_return content;
}

Task<std::string> collect_text(MultipartStream* stream, std::size_t number, std::size_t limit) {
  std::string content = co_await collect(stream, number, limit);
  if (!is_utf8(content)) throw HttpError{Status::bad_request, "a part that must be text is not UTF-8"};
  co_return content;
}

}  // namespace

std::string_view Part::name() const noexcept { return stream_->head().name; }
std::optional<std::string_view> Part::file_name() const noexcept { return stream_->head().file_name; }
std::string_view Part::content_type() const noexcept { return stream_->head().content_type; }
std::optional<std::string_view> Part::field(std::string_view field_name) const noexcept {
  return wire::find_field_line(stream_->head().fields, field_name);
}

Task<std::string_view> Part::read() { return stream_->read(number_); }
Task<std::string> Part::bytes(std::size_t limit) { return collect(stream_, number_, limit); }
Task<std::string> Part::text(std::size_t limit) { return collect_text(stream_, number_, limit); }

Multipart::Multipart(Box<MultipartStream> stream) noexcept : stream_(std::move(stream)) {}
Multipart::Multipart(Multipart&& other) noexcept = default;
Multipart& Multipart::operator=(Multipart&& other) noexcept = default;
Multipart::~Multipart() = default;

Extracted<Multipart> Multipart::extract(Request& request) {
  const std::string_view type = internal::content_type(request).value_or(std::string_view{});
  const Result<wire::MultipartBoundary> boundary = wire::MultipartBoundary::from_content_type(type);
  if (boundary) return Multipart{make_box<MultipartStream>(request, *boundary)};
  if (type.empty() || boundary.error() == Errc::unsupported) {
    return Rejection{Status::unsupported_media_type, "the body must be multipart/form-data"};
  }
  return Rejection{Status::bad_request, "the media type has no valid boundary"};
}

Multipart& Multipart::limit(const MultipartLimits& limits) {
  stream_->limit(limits);
  return *this;
}

Task<std::optional<Part>> Multipart::next() { return next_of(stream_.get()); }

}  // namespace gyre
