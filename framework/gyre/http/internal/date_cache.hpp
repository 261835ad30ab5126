#pragma once

#include <gyre/loop/loop.hpp>
#include <gyre/wire/http_date.hpp>

#include <string_view>

namespace gyre::http {

/// The Date field's text, made once a second.
class DateCache {
 public:
  std::string_view text(const Loop& loop) noexcept {
    if (loop.now() >= valid_until_) [[unlikely]]
      refresh(loop);
    return {text_, sizeof text_};
  }

 private:
  void refresh(const Loop& loop) noexcept {
    const Duration wall = loop.wall_time();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(wall);
    wire::format_http_date(seconds.count(), text_);
    valid_until_ = loop.now() + (seconds + std::chrono::seconds{1} - wall);
  }

  TimePoint valid_until_ = TimePoint::min();
  char text_[29];
};

}  // namespace gyre::http
