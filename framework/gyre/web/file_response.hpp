#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>
#include <gyre/net/file.hpp>

#include <string>
#include <string_view>

namespace gyre {

/// What an answer says of its file. Views that live until the task of `file_response` has ended.
struct FileResponseOptions {
  /// The media type. Empty: by the extension of the download's or the file's name, else `application/octet-stream`.
  std::string_view content_type = {};
  /// Goes behind a `text/` type that has no parameter. Empty: none does.
  std::string_view charset = "utf-8";
  /// Has the client save it under that name (Content-Disposition, RFC 6266): UTF-8, not a path.
  std::string_view download_name = {};
  /// The value of Cache-Control. Empty: no such field.
  std::string_view cache_control = {};
};

/// Answers with a file as caches and downloads want it:
///
///     app.get("/report", [](gyre::Request& request) {
///       return gyre::file_response(request, "reports/latest.pdf", {.download_name = "report.pdf"});
///     });
///
/// - **Conditions** (RFC 9110 13): ETag and Last-Modified go out, and 304 or 412 if the request asks so. The tag is of
///   the time of the last change, the size and the inode: strong, but weak until a second after the change.
/// - **Ranges** (RFC 9110 14), for GET: 206 with one, or with up to 16 as multipart/byteranges; 416; If-Range. More, or
///   three that have a byte in common, are answered with the whole. No range is sent twice.
/// - HEAD without reading the file. Nothing blocks the loop, and the bytes of a large file take no way through the
///   process's memory.
///
/// The path is the program's: never a client's text (see `static_files`). 404 if it cannot be opened or is no regular
/// file. Throws `Failure` for want of descriptors (which nobody need catch: it becomes a 503 with Retry-After) or
/// memory, for a disk that fails, and for options that are no field values. A file that becomes shorter while it is
/// sent cuts the stream; up to 64 KiB are read before, and throw.
Task<Response> file_response(Request& request, std::string path, FileResponseOptions options = {});
/// The same with a file that is open for reading.
Task<Response> file_response(Request& request, File file, FileResponseOptions options = {});

}  // namespace gyre
