#include "paced.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace httpbin {
namespace {

/// Pauses that are shorter are not worth a timer.
constexpr gyre::Duration pause_min = std::chrono::milliseconds{10};

gyre::Task<> write(gyre::BodyWriter& out, const std::string& bytes, Pace pace) {
  const std::size_t pieces = (bytes.size() + pace.piece - 1) / pace.piece;
  const auto pauses = static_cast<std::size_t>(pace.duration / pause_min);
  const std::size_t steps = std::clamp(pauses, std::size_t{1}, std::max(pieces, std::size_t{1}));
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t begin = bytes.size() * step / steps;
    const std::size_t end = bytes.size() * (step + 1) / steps;
    co_await out.write(std::string_view{bytes}.substr(begin, end - begin));
    co_await gyre::sleep_for(pace.duration / static_cast<gyre::Duration::rep>(steps));
  }
}

}  // namespace

gyre::Duration seconds(double number) {
  return std::chrono::duration_cast<gyre::Duration>(std::chrono::duration<double>{number});
}

gyre::Response paced(std::string bytes, Pace pace) {
  const std::size_t size = bytes.size();
  return gyre::Response::stream(
      size, [bytes = std::move(bytes), pace](gyre::BodyWriter& out) { return write(out, bytes, pace); });
}

}  // namespace httpbin
