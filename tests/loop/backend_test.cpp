// Which loop one gets, and under which conditions it still works.

#include <gyre/loop/host.hpp>

#include "each_loop.hpp"
#include "loop_fixture.hpp"
#include "seccomp_child.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>

using namespace loop_test;
using gyre::Backend;
using gyre::Errc;

namespace {

gyre::Result<std::unique_ptr<gyre::Loop>> make(Backend backend) {
  gyre::LoopOptions options;
  options.backend = backend;
  return gyre::make_loop(options);
}

/// True if a connection on this loop carries bytes, and a timer fires.
bool works(gyre::Loop& loop) {
  Pump pump{loop};
  Connection both{pump};
  Receive receive{pump, both.server};
  receive.submit();
  Send send{pump, both.client, "ping"};
  send.submit();
  const bool got = pump.until([&] { return receive.data() == "ping" && !send.armed(); });
  const gyre::TimePoint start = loop.now();
  pump.settle();
  const bool slept = loop.now() >= start + 5ms;
  receive.cancel();
  return receive.finish() && got && slept;
}

constexpr int io_uring_setup = 425;

}  // namespace

TEST_CASE("where io_uring is denied, automatic takes epoll and the name alone fails", "[loop][backend]") {
  for (const int error : {EPERM, ENOSYS}) {
    const int code = in_child_without({io_uring_setup}, error, [error] {
      const auto chosen = make(Backend::automatic);
      if (!chosen) return 1;
      if ((*chosen)->backend() != Backend::epoll) return 2;
      if (!works(**chosen)) return 3;
      const auto named = make(Backend::uring);
      if (named) return 4;
      const Errc expected = error == EPERM ? Errc::permission_denied : Errc::unsupported;
      if (!(named.error() == expected)) return 5;
      const gyre::HostReport report = gyre::inspect_host();
      if (report.backend != Backend::epoll || report.reason.empty()) return 6;
      return 0;
    });
    if (code == 100) {
      WARN("SKIPPED: no seccomp filter can be set here");
      continue;
    }
    INFO("errno " << error);
    CHECK(code == 0);
  }
}

TEST_CASE("an epoll loop does without epoll_pwait2", "[loop][backend]") {
  for (const int error : {EPERM, ENOSYS}) {
    const int code = in_child_without({SYS_epoll_pwait2}, error, [] {
      const auto loop = make(Backend::epoll);
      if (!loop) return 1;
      return works(**loop) && works(**loop) ? 0 : 2;
    });
    if (code == 100) {
      WARN("SKIPPED: no seccomp filter can be set here");
      continue;
    }
    CHECK(code == 0);
  }
}

TEST_CASE("automatic takes io_uring where the name alone gets it", "[loop][backend]") {
  const auto named = make(Backend::uring);
  const auto chosen = make(Backend::automatic);
  REQUIRE(chosen.has_value());
  CHECK((*chosen)->backend() == (named ? Backend::uring : Backend::epoll));
}

TEST_CASE("a simulated loop is not made by make_loop", "[loop][backend]") {
  CHECK(make(Backend::sim).error() == Errc::invalid_argument);
}

TEST_CASE("each loop says what it is", "[loop][backend]") {
  CHECK(name(Backend::automatic) == "auto");
  CHECK(name(Backend::uring) == "uring");
  CHECK(name(Backend::epoll) == "epoll");
  CHECK(name(Backend::sim) == "sim");
  const auto epoll = make(Backend::epoll);
  REQUIRE(epoll.has_value());
  CHECK((*epoll)->backend() == Backend::epoll);
  CHECK(gyre::SimLoop{}.backend() == Backend::sim);
}

TEST_CASE("a loop without descriptors left to make it is an error", "[loop][backend]") {
  for (const Backend backend : {Backend::epoll, Backend::uring}) {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const int before_count = open_descriptors();
    for (int allowed = 0; allowed < 2; ++allowed) {
      const int lowest = ::dup(0);
      const rlimit lower{static_cast<rlim_t>(lowest + allowed), before.rlim_max};
      ::close(lowest);
      ::setrlimit(RLIMIT_NOFILE, &lower);
      const auto made = make(backend);
      ::setrlimit(RLIMIT_NOFILE, &before);
      REQUIRE_FALSE(made.has_value());
      CHECK((made.error() == Errc::too_many_descriptors || backend == Backend::uring));
    }
    CHECK(open_descriptors() == before_count);
  }
}
