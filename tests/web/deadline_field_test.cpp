#include "web_support.hpp"

#include <gyre/web/middleware/deadline_field.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using gyre::DeadlineFormat;
using gyre::Duration;

namespace {

std::optional<Duration> read(DeadlineFormat format, std::string_view text) {
  const gyre::Result<Duration> length = gyre::detail::parse_timeout(format, text);
  if (!length) CHECK(length.error() == gyre::Errc::bad_message);
  return length ? std::optional{*length} : std::nullopt;
}

}  // namespace

TEST_CASE("how a field says what time is left", "[web][deadline]") {
  constexpr auto ms = DeadlineFormat::milliseconds;
  constexpr auto grpc = DeadlineFormat::grpc;
  CHECK(read(ms, "0") == 0ns);
  CHECK(read(ms, "1500") == 1500ms);
  CHECK(read(ms, "0001500") == 1500ms);
  CHECK(read(ms, "9223372036854") == 9223372036854ms);
  CHECK(read(ms, "9223372036855") == Duration::max());
  CHECK(read(ms, "18446744073709551616") == Duration::max());
  for (const std::string_view bad : {"", "-1", "+1", " 1", "1 ", "1.5", "0x1", "1e3", "1m", "one"}) {
    CAPTURE(bad);
    CHECK(read(ms, bad) == std::nullopt);
  }
  CHECK(read(grpc, "1H") == 1h);
  CHECK(read(grpc, "2M") == 2min);
  CHECK(read(grpc, "3S") == 3s);
  CHECK(read(grpc, "4m") == 4ms);
  CHECK(read(grpc, "5u") == 5us);
  CHECK(read(grpc, "6n") == 6ns);
  CHECK(read(grpc, "0n") == 0ns);
  CHECK(read(grpc, "00000001S") == 1s);
  CHECK(read(grpc, "99999999S") == 99'999'999s);
  CHECK(read(grpc, "99999999H") == Duration::max());
  for (const std::string_view bad :
       {"", "1", "S", "1s", "1h", "000000001S", "123456789m", "-1S", "1 S", "1SS", "1.5S"}) {
    CAPTURE(bad);
    CHECK(read(grpc, bad) == std::nullopt);
  }
}

TEST_CASE("the time that is left is never rounded up", "[web][deadline]") {
  constexpr auto ms = DeadlineFormat::milliseconds;
  constexpr auto grpc = DeadlineFormat::grpc;
  CHECK(timeout_field(ms, 1500ms) == "1500");
  CHECK(timeout_field(ms, 1'999'999ns) == "1");
  CHECK(timeout_field(ms, 999us) == "0");
  CHECK(timeout_field(ms, -5s) == "0");
  CHECK(timeout_field(ms, Duration::max()) == "9223372036854");
  CHECK(timeout_field(grpc, 99'999'999ns) == "99999999n");
  CHECK(timeout_field(grpc, 100'000'001ns) == "100000u");
  CHECK(timeout_field(grpc, 5min) == "300000m");
  CHECK(timeout_field(grpc, -1ns) == "0n");
  CHECK(timeout_field(grpc, Duration::max()) == "2562047H");
  std::uint64_t chance = 1;
  for (int count = 0; count < 2000; ++count) {
    chance = chance * 6364136223846793005U + 1442695040888963407U;
    const Duration left{static_cast<std::int64_t>(chance >> (1U + chance % 60U))};
    for (const DeadlineFormat format : {ms, grpc}) {
      const std::optional<Duration> again = read(format, timeout_field(format, left));
      REQUIRE(again);
      CHECK(*again <= left);
      CHECK(left - *again < left / 90'000 + 1ms);
    }
  }
}

TEST_CASE("a field without a name is a mistake of the set-up", "[web][deadline]") {
  for (const std::string name : {"", "X Timeout", "x-timeout:"}) {
    const std::string error =
        web_test::set_up_error([&] { (void)gyre::deadline_from(name, DeadlineFormat::milliseconds); });
    CHECK(error.find("deadline_field_test.cpp:") != std::string::npos);
    CHECK(error.find("is no field name") != std::string::npos);
  }
}

TEST_CASE("a middleware of the library knows the line that uses it", "[web][deadline]") {
  gyre::Router router;
  router.get("/", [] { return ""; });
  const std::string error =
      web_test::set_up_error([&] { router.use(gyre::deadline_from("x-timeout", DeadlineFormat::milliseconds)); });
  CHECK(error.find("deadline_field_test.cpp:") != std::string::npos);
}
