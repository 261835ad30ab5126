#include <gyre/base/time.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using gyre::time_after;
using gyre::time_never;
using gyre::TimePoint;

TEST_CASE("time_after adds, and saturates where the sum does not fit", "[base][time]") {
  const TimePoint now{5s};
  CHECK(time_after(now, 250ms) == TimePoint{5250ms});
  CHECK(time_after(now, -1s) == TimePoint{4s});
  CHECK(time_after(now, gyre::Duration::max()) == time_never);
  CHECK(time_after(time_never, 1ns) == time_never);
  CHECK(time_after(time_never - 1ns, 1ns) == time_never);
  CHECK(time_after(TimePoint{}, gyre::Duration::max()) == time_never);
}
