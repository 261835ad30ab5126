#include "paced.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace httpbin {
namespace {

/// Pauses that are shorter are not worth a timer.
constexpr gyre::Duration pause_min = std::chrono::milliseconds{10};

/// What is made and sent at once has no more bytes.
constexpr std::size_t piece_max = 64 << 10;

gyre::Task<> write(gyre::BodyWriter& out, std::size_t size, const MakeBytes& make, Pace pace) {
  const std::size_t most = (size + pace.piece - 1) / pace.piece;
  const std::size_t least = std::max((size + piece_max - 1) / piece_max, std::size_t{1});
  const auto pauses = static_cast<std::size_t>(pace.duration / pause_min);
  const std::size_t steps = std::clamp(pauses, least, std::max(most, least));
  for (std::size_t step = 0; step < steps; ++step) {
    const std::string bytes = make(size * step / steps, size * (step + 1) / steps);
    co_await out.write(bytes);
    co_await gyre::sleep_for(pace.duration / static_cast<gyre::Duration::rep>(steps));
  }
}

}  // namespace

gyre::Duration seconds(double number) {
  return std::chrono::duration_cast<gyre::Duration>(std::chrono::duration<double>{number});
}

gyre::Response paced(std::size_t size, MakeBytes make, Pace pace) {
  return gyre::Response::stream(
      size, [size, make = std::move(make), pace](gyre::BodyWriter& out) { return write(out, size, make, pace); });
}

}  // namespace httpbin
