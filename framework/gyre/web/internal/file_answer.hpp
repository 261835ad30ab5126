#pragma once

#include <gyre/coro/task.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>
#include <gyre/net/file.hpp>

#include <optional>
#include <string_view>

namespace gyre::internal {

/// What an answer says of the file in it. Views that live until the task has ended.
struct FileDescription {
  std::string_view content_type;
  std::string_view charset = {};
  std::string_view encoding = {};  ///< A content coding that the file's bytes have.
  std::string_view cache_control = {};
  std::string_view download_name = {};
  bool varies_by_encoding = false;
};

/// Several ranges in one answer, at most; more are answered with the whole file.
inline constexpr std::size_t file_ranges_max = 16;

/// Answers with a regular file, or with what its conditions and ranges ask for (RFC 9110 13, 14).
Task<Response> answer_with_file(Request& request, File file, FileInfo info, FileDescription about);

/// Whether it is an answer that there is nothing to open: not there, no way to it, not for us, no file to be read.
bool is_missing(Error error) noexcept;

}  // namespace gyre::internal
