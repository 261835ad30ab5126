#pragma once

#include <gyre/compat/httplib/content.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace gyre::compat::httplib::internal {

/// Takes a multipart form apart as it arrives, by cpp-httplib's rules: what it takes for a form is one.
class MultipartReader {
 public:
  explicit MultipartReader(const std::string& boundary);

  /// False: it is no form, or a receiver has had enough.
  bool take(std::string_view data, const ContentReceiver& receiver, const MultipartContentHeader& header);
  /// The closing boundary has been there.
  bool complete() const noexcept { return stage_ == Stage::over; }

 private:
  enum class Stage : unsigned char { preamble, head, content, behind_boundary, over };
  enum class Step : unsigned char { again, wants_more, broken };

  Step skip_preamble();
  Step read_head(const MultipartContentHeader& header);
  Step read_content(const ContentReceiver& receiver);
  Step read_boundary_end();
  void read_line(std::string_view line);
  std::string_view rest() const noexcept { return std::string_view{buffer_}.substr(begin_); }

  std::string first_boundary_;  ///< "--boundary\r\n"
  std::string boundary_;        ///< "\r\n--boundary"
  std::string buffer_;
  std::size_t begin_ = 0;  ///< What of the buffer is done.
  Stage stage_ = Stage::preamble;
  MultipartFormData part_;
};

}  // namespace gyre::compat::httplib::internal
