#include <gyre/wire/path.hpp>

#include <gyre/wire/target.hpp>

#include <cstddef>
#include <cstring>

namespace gyre::wire {
namespace {

/// Copies what is not escaped and decodes what is, segment by segment, so that an escaped slash is noticed.
Result<std::string_view> decode_segments(std::string_view path, std::span<char> buffer) noexcept {
  std::size_t size = 0;
  for (PathSegments segments{path}; segments.next();) {
    if (size != 0) buffer[size++] = '/';
    const Result<std::string_view> segment = decode_path_segment(segments.segment(), buffer.subspan(size));
    if (!segment) return segment.error();
    if (!is_file_segment(*segment)) return Errc::bad_message;
    std::memmove(buffer.data() + size, segment->data(), segment->size());
    size += segment->size();
  }
  return std::string_view(buffer.data(), size);
}

}  // namespace

bool is_file_segment(std::string_view decoded) noexcept {
  return !decoded.empty() && decoded != "." && decoded != ".." &&
         decoded.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

Result<RelativePath> relative_file_path(std::string_view path, std::span<char> buffer) noexcept {
  if (!path.starts_with('/')) return Errc::bad_message;
  RelativePath result;
  result.ends_with_slash = path.ends_with('/');
  if (result.ends_with_slash) path.remove_suffix(1);
  if (path.empty()) return result;
  if (path.find('%') == std::string_view::npos) {
    for (PathSegments segments{path}; segments.next();) {
      if (!is_file_segment(segments.segment())) return Errc::bad_message;
    }
    result.text = path.substr(1);
    return result;
  }
  if (buffer.size() < path.size()) return Errc::limit_exceeded;
  const Result<std::string_view> decoded = decode_segments(path, buffer);
  if (!decoded) return decoded.error();
  result.text = *decoded;
  return result;
}

bool has_hidden_segment(std::string_view relative) noexcept {
  return relative.starts_with('.') || relative.find("/.") != std::string_view::npos;
}

}  // namespace gyre::wire
