#include <gyre/web/internal/file_answer.hpp>

#include <gyre/http/body_writer.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/web/conditions.hpp>
#include <gyre/wire/byteranges.hpp>
#include <gyre/wire/content_disposition.hpp>
#include <gyre/wire/http_date.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

namespace gyre::internal {
namespace {

using wire::ByteRange;
using wire::Precondition;
using wire::RangeAnswer;

/// Up to here a file is read before its answer begins: it then goes out with the head, in one send.
constexpr std::uint64_t read_whole_max = 64 * 1024;

std::int64_t seconds_of(Duration time) noexcept { return std::chrono::floor<std::chrono::seconds>(time).count(); }

void append_hex(std::string& out, std::uint64_t number) {
  char digits[16];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number, 16).ptr);
}

/// What tells one state of the file from another.
///
/// The tag is of the time of the last change, the size and the inode. Within the second of the change a second one
/// could have the same time, since file systems count in ticks: the tag is weak as long as that is possible.
class FileState {
 public:
  FileState(const FileInfo& info, std::string_view encoding, Duration now)
      : modified_(std::min(seconds_of(info.modified), seconds_of(now))),
        settled_(info.modified <= now - std::chrono::seconds{1}) {
    append_hex(tag_, static_cast<std::uint64_t>(info.modified.count()));
    tag_ += '-';
    append_hex(tag_, info.size);
    tag_ += '-';
    append_hex(tag_, info.inode);
    if (!encoding.empty()) (tag_ += '-') += encoding;
  }

  wire::Validators validators() const noexcept {
    return {.entity_tag = entity_tag(), .last_modified = modified_, .last_modified_is_strong = settled_};
  }

  void describe(Response& response) const {
    std::string tag;
    if (wire::append_entity_tag(tag, entity_tag())) response.add("ETag", tag);
    char date[wire::http_date_size];
    wire::format_http_date(modified_, date);
    response.add("Last-Modified", {date, sizeof date});
  }

 private:
  wire::EntityTag entity_tag() const noexcept { return {tag_, !settled_}; }

  std::string tag_;
  std::int64_t modified_;
  bool settled_;
};

std::string full_type(const FileDescription& about) {
  std::string type{about.content_type};
  const bool text = type.starts_with("text/") && type.find(';') == std::string::npos;
  if (text && !about.charset.empty()) (type += "; charset=") += about.charset;
  return type;
}

/// What goes with 200 and 206.
void describe_content(Response& response, const FileDescription& about) {
  response.add("Accept-Ranges", "bytes");
  if (!about.encoding.empty()) response.add("Content-Encoding", about.encoding);
  if (!about.download_name.empty()) {
    std::string value;
    wire::append_attachment(value, about.download_name);
    response.add("Content-Disposition", value);
  }
}

Task<std::string> read_all(File* file, std::uint64_t offset, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t filled = 0; filled < size;) {
    const MutableBytes rest{reinterpret_cast<std::byte*>(text.data()) + filled, size - filled};
    const Result<std::size_t> count = co_await file->read(offset + filled, rest);
    if (count.value() == 0) throw Failure{Errc::closed};  // the file has become shorter
    filled += *count;
  }
  co_return text;
}

/// One of the parts of multipart/byteranges.
struct RangePart {
  std::string head;
  ByteRange range;
};

wire::MultipartBoundary random_boundary(Loop& loop) {
  std::string text;
  for (int half = 0; half < 2; ++half) append_hex(text, loop.random());
  return wire::MultipartBoundary::from_text(text).value();
}

Response answer_with_parts(File file, std::span<const ByteRange> ranges, std::uint64_t size, std::string_view type) {
  const wire::MultipartBoundary boundary = random_boundary(file.loop());
  std::vector<RangePart> parts;
  std::string end;
  wire::append_byteranges_end(end, boundary);
  std::uint64_t total = end.size();
  for (const ByteRange& range : ranges) {
    RangePart part{{}, range};
    wire::append_byteranges_head(part.head, boundary, type, range, size).value();
    total += part.head.size() + range.size();
    parts.push_back(std::move(part));
  }
  Response response = Response::stream(
      total,
      [file = std::move(file), parts = std::move(parts), end = std::move(end)](BodyWriter& out) mutable -> Task<> {
        for (const RangePart& part : parts) {
          co_await out.write(part.head);
          co_await out.send_file(file, part.range.first, part.range.size());
        }
        co_await out.write(end);
      });
  response.add("Content-Type", wire::byteranges_type(boundary));
  return response;
}

/// Bytes that lie together. What is small is read now, and can still become a 500.
Task<Response> answer_with_bytes(File file, std::uint64_t offset, std::uint64_t size, Method method) {
  if (method == Method::head || size > read_whole_max) co_return Response::file(std::move(file), offset, size);
  std::string text = co_await read_all(&file, offset, static_cast<std::size_t>(size));
  Response response;
  response.set_body(std::move(text));
  co_return std::move(response);
}

}  // namespace

bool is_missing(Error error) noexcept {
  switch (error.system()) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EXDEV:
    case EACCES:
    case EPERM:
    case ENXIO:  // a socket
    case ENODEV: return true;
    default: return error == Errc::invalid_argument;  // a name that this file system cannot have
  }
}

Task<Response> answer_with_file(Request& request, File file, FileInfo info, FileDescription about) {
  const Duration now = file.loop().wall_time();
  const FileState state{info, about.encoding, now};
  const Precondition condition = check_conditions(request, state.validators(), now);
  ByteRange room[file_ranges_max];
  const RangeAnswer asked = wanted_ranges(request, condition, info.size, room);
  Response response;
  if (condition == Precondition::failed) {
    response = Response::problem(Status::precondition_failed);
  } else if (condition == Precondition::not_modified) {
    response = Response{Status::not_modified};
  } else if (asked.kind == RangeAnswer::Kind::unsatisfiable) {
    response = Response::problem(Status::range_not_satisfiable);
    char text[wire::content_range_bound];
    response.add("Content-Range", wire::format_unsatisfied_range(info.size, text));
  } else if (asked.ranges.size() > 1) {
    const std::string type = full_type(about);
    response = answer_with_parts(std::move(file), asked.ranges, info.size, type);
    response.set_status(Status::partial_content);
    describe_content(response, about);
  } else {
    const bool partial = asked.kind == RangeAnswer::Kind::partial;
    const std::uint64_t offset = partial ? asked.ranges[0].first : 0;
    const std::uint64_t size = partial ? asked.ranges[0].size() : info.size;
    Task<Response> reading = answer_with_bytes(std::move(file), offset, size, request.method());
    response = co_await std::move(reading);
    if (partial) {
      char text[wire::content_range_bound];
      response.set_status(Status::partial_content);
      response.add("Content-Range", wire::format_content_range(asked.ranges[0], info.size, text));
    }
    response.add("Content-Type", full_type(about));
    describe_content(response, about);
  }
  if (!is_error(response.status())) {
    state.describe(response);
    if (!about.cache_control.empty()) response.add("Cache-Control", about.cache_control);
  }
  if (about.varies_by_encoding) response.add("Vary", "Accept-Encoding");
  co_return std::move(response);
}

}  // namespace gyre::internal
