#include <gyre/loop/internal/clock.hpp>

#include <sys/random.h>
#include <ctime>

namespace gyre::detail {

namespace {

Duration read(clockid_t clock) noexcept {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace

TimePoint monotonic_now() noexcept { return TimePoint{read(CLOCK_MONOTONIC)}; }
Duration realtime() noexcept { return read(CLOCK_REALTIME); }

std::uint64_t system_random() noexcept {
  std::uint64_t number = 0;
  // Eight bytes are never cut short once the pool is ready; before that the clock has to do.
  if (::getrandom(&number, sizeof number, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof number)) {
    number = static_cast<std::uint64_t>(monotonic_now().time_since_epoch().count());
  }
  return number;
}

}  // namespace gyre::detail
