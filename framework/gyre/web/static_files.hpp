#pragma once

#include <gyre/base/shared.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>
#include <gyre/loop/directory.hpp>

#include <source_location>
#include <string>

namespace gyre {

namespace internal {
struct StaticSite;
}

/// How a directory is served.
struct StaticFilesOptions {
  /// What a directory is answered with: the file of that name in it. Empty: 404.
  std::string index = "index.html";
  /// What is answered with 200 for a path that nothing is at and that does not look like a file's, having no dot in its
  /// last segment: the page of a single-page application, a path in the directory. Empty: 404.
  std::string fallback = {};
  /// The value of Cache-Control. Empty: no such field.
  std::string cache_control = {};
  /// Goes behind a `text/` type. Empty: none does.
  std::string charset = "utf-8";
  /// Answers with `page.css.br`, `.zst` or `.gz` beside `page.css` for clients that accept it (RFC 9110 12.5.3).
  /// Keeping the siblings up to date is up to whoever makes them.
  bool precompressed = false;
  /// Serves what begins with a dot, or lies in a directory that does. Else it is a 404.
  bool hidden = false;
  /// Follows symbolic links that stay within the directory; relative ones, as absolute ones always leave it. Off: a
  /// link is a 404.
  bool links = true;
};

/// A handler that serves a directory: see `static_files`.
class StaticFiles {
 public:
  Task<Response> operator()(Request& request) const;

 private:
  friend StaticFiles static_files(Directory, StaticFilesOptions, std::source_location);
  explicit StaticFiles(Shared<const internal::StaticSite> site) noexcept : site_(std::move(site)) {}

  Shared<const internal::StaticSite> site_;
};

/// Makes the handler that serves the files of a directory, for GET and a pattern with a rest placeholder:
///
///     app.get("/static/{path...}", gyre::static_files("public"));
///
/// Files are answered as by `file_response`. A directory without the slash at its end is redirected to itself with one
/// (308).
///
/// The directory is opened here and once. Each request is resolved beneath it by the kernel (openat2), so neither a
/// path nor a link, nor one that is changed meanwhile, leads out of it. All that is not there, may not be read or is no
/// regular file is the same 404. Paths with dot segments, escaped slashes or `%00` are the router's 400; empty segments
/// and backslashes a 404.
///
/// Throws `SetupError` if the directory cannot be opened, if the kernel (older than Linux 5.6) or the container denies
/// openat2, and for options that cannot be used. A handler without a placeholder to read throws `std::logic_error`.
StaticFiles static_files(std::string directory, StaticFilesOptions options = {},
                         std::source_location where = std::source_location::current());
/// The same with a directory that is open, or that only a simulation has.
StaticFiles static_files(Directory directory, StaticFilesOptions options = {},
                         std::source_location where = std::source_location::current());

}  // namespace gyre
