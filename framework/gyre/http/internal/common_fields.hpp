#pragma once

#include <gyre/base/error.hpp>
#include <gyre/http/response.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/http_date.hpp>

#include <cstring>
#include <string>
#include <string_view>

namespace gyre::http {

/// The field lines that every answer of a server begins with, Date and Server: made once, the date once a second.
class CommonFields {
 public:
  /// No Server line if the name is empty. Throws `Failure` (`invalid_argument`) if it is no field value.
  explicit CommonFields(std::string_view server_name) {
    if (!is_field_value(server_name)) throw Failure{Errc::invalid_argument};
    lines_.append(date_begin).append(wire::http_date_size, ' ').append("\r\n");
    date_size_ = lines_.size();
    if (!server_name.empty()) lines_.append("Server: ").append(server_name).append("\r\n");
  }

  /// What an answer begins with. The Server field gives way to the answer's own.
  std::string_view lines(const Loop& loop, const Response& response) noexcept {
    if (loop.now() >= valid_until_) [[unlikely]]
      refresh(loop);
    return std::string_view{lines_}.substr(0, response.names_server() ? date_size_ : std::string_view::npos);
  }

 private:
  static constexpr std::string_view date_begin = "Date: ";

  void refresh(const Loop& loop) noexcept {
    const Duration wall = loop.wall_time();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(wall);
    char text[wire::http_date_size];
    wire::format_http_date(seconds.count(), text);
    std::memcpy(lines_.data() + date_begin.size(), text, sizeof text);
    valid_until_ = loop.now() + (seconds + std::chrono::seconds{1} - wall);
  }

  TimePoint valid_until_ = TimePoint::min();
  std::string lines_;
  std::size_t date_size_ = 0;  ///< Of the first of them.
};

}  // namespace gyre::http
