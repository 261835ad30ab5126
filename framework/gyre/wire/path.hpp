#pragma once

#include <gyre/base/result.hpp>

#include <span>
#include <string_view>

namespace gyre::wire {

/// Whether a segment of a path, already decoded, may be the name of a file or directory: not empty, not "." or "..", no
/// slash, backslash or NUL in it. A name that a client gave to an upload is no path at all; this does not make it one.
bool is_file_segment(std::string_view decoded) noexcept;

/// A path below some directory, made of a target's.
struct RelativePath {
  std::string_view text;         ///< "css/site.css": never begins or ends with a slash. Empty: the directory itself.
  bool ends_with_slash = false;  ///< Whether a directory was asked for: "/css/", "/".
};

/// Makes the path of a file of the raw path of a target (or of the rest of it, which begins with "/"): split into
/// segments first, each decoded once, each an `is_file_segment`.
///
/// The text is a view into `path` if nothing is escaped, else into `buffer`, which must have at least `path.size()`
/// characters. Symbolic links and hidden files are the caller's: open it so that it cannot leave the directory.
/// Errors: `bad_message` for a path that does not begin with "/", a bad escape, and any segment that is refused, in any
/// spelling: "..", "%2e%2e", "a%2Fb", "a%5Cb", "%00", "//"; `limit_exceeded` if the buffer is too small.
Result<RelativePath> relative_file_path(std::string_view path, std::span<char> buffer) noexcept;

/// Whether a segment of the path begins with a dot: a hidden file or directory, ".git", ".env".
bool has_hidden_segment(std::string_view relative) noexcept;

}  // namespace gyre::wire
