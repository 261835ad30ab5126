#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

using namespace loop_test;
using gyre::Loop;

namespace {

/// A directory of this test alone.
class Directory {
 public:
  Directory() {
    char name[] = "/tmp/gyre_test_XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  Directory(const Directory&) = delete;
  ~Directory() {
    ::unlink(file().c_str());
    ::rmdir(path_.c_str());
  }
  std::string file() const { return path_ + "/socket"; }

 private:
  std::string path_;
};

/// Few descriptors for a while.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit lower{limit, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

int connect_result(Pump& pump, const gyre::SocketAddress& address) {
  Open socket{pump.loop(), pump.loop().open_socket(address).value()};
  Connect connect{pump, socket};
  connect.address = address;
  connect.submit();
  CHECK(connect.finish());
  return connect.result();
}

}  // namespace

TEST_CASE("connecting where nobody listens is refused", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    gyre::SocketAddress address;
    {
      Listening gone{pump};
      address = gone.address;
    }
    pump.settle();
    CHECK(connect_result(pump, address) == -ECONNREFUSED);
  });
}

TEST_CASE("an address that is taken is refused, and free again after the close", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening first{pump};
    auto second = loop.open_listener(first.address, {});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error() == gyre::Errc::address_in_use);
    first.socket.close();
    pump.settle();
    auto third = loop.open_listener(first.address, {});
    REQUIRE(third.has_value());
    loop.close(*third);
  });
}

TEST_CASE("listeners share an address if all of them want to", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening first{pump, {.reuse_port = true, .claim_port = true}};
    auto second = loop.open_listener(first.address, {.reuse_port = true});
    REQUIRE(second.has_value());
    CHECK_FALSE(loop.open_listener(first.address, {.reuse_port = true, .claim_port = true}).has_value());
    CHECK_FALSE(loop.open_listener(first.address, {}).has_value());
    Accept at_first{pump, first.socket};
    Accept at_second{pump, *second};
    std::vector<int> accepted;
    const auto keep = [&](const gyre::Completion& completion) {
      if (completion.result >= 0) accepted.push_back(completion.result);
    };
    at_first.on = keep;
    at_second.on = keep;
    at_first.submit();
    at_second.submit();
    for (std::size_t count = 1; count <= 40; ++count) {
      CHECK(connect_result(pump, first.address) == 0);
    }
    CHECK(pump.until([&] { return accepted.size() == 40; }));
    CHECK(at_first.count() > 0);
    CHECK(at_second.count() > 0);
    at_first.cancel();
    at_second.cancel();
    CHECK(pump.until([&] { return !at_first.armed() && !at_second.armed(); }));
    for (const int descriptor : accepted) loop.close(descriptor);
    loop.close(*second);
  });
}

TEST_CASE("a listener on every address takes what comes to the loopback", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Open listener{loop, loop.open_listener(ipv4(0, INADDR_ANY), {}).value()};
    const unsigned port = port_of(loop.local_address(listener).value());
    CHECK(connect_result(pump, ipv4(port)) == 0);
  });
}

TEST_CASE("an IPv6 listener takes IPv6 alone", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    auto opened = loop.open_listener(ipv6(0, true), {});
    if (!opened) {
      WARN("SKIPPED: no IPv6 here: " << opened.error().message());
      return;
    }
    Open listener{loop, *opened};
    const unsigned port = port_of(loop.local_address(listener).value());
    CHECK(connect_result(pump, ipv6(port)) == 0);
    CHECK(connect_result(pump, ipv4(port)) == -ECONNREFUSED);
    auto beside = loop.open_listener(ipv4(port, INADDR_ANY), {});
    CHECK(beside.has_value());
    if (beside) loop.close(*beside);
  });
}

TEST_CASE("Unix sockets connect by path", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    const Directory directory;
    const auto address = unix_path(directory.file());
    CHECK(connect_result(pump, address) == -ENOENT);
    Open listener{loop, loop.open_listener(address, {}).value()};
    CHECK(loop.open_listener(address, {}).error() == gyre::Errc::address_in_use);
    CHECK(connect_result(pump, address) == 0);
    listener.close();
    pump.settle();
    CHECK(connect_result(pump, address) == -ECONNREFUSED);
    // The file that is left is in nobody's way.
    auto again = loop.open_listener(address, {});
    REQUIRE(again.has_value());
    CHECK(connect_result(pump, address) == 0);
    loop.close(*again);
  });
}

TEST_CASE("a file that is no socket is never removed for a listener", "[loop][listener]") {
  for_each_real_loop([](Loop& loop) {
    const Directory directory;
    std::FILE* file = std::fopen(directory.file().c_str(), "w");
    REQUIRE(file != nullptr);
    std::fclose(file);
    const auto opened = loop.open_listener(unix_path(directory.file()), {});
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error() == gyre::Errc::address_in_use);
    struct stat status{};
    CHECK(::stat(directory.file().c_str(), &status) == 0);
  });
}

TEST_CASE("an address without sense is an error, not a crash", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    gyre::SocketAddress nothing;
    CHECK_FALSE(loop.open_listener(nothing, {}).has_value());
    CHECK_FALSE(loop.open_socket(nothing).has_value());
    gyre::SocketAddress huge = ipv4(0);
    huge.size = 100000;
    CHECK_FALSE(loop.open_listener(huge, {}).has_value());
  });
}

TEST_CASE("connections wait in the backlog until somebody accepts", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    Open client{loop, loop.open_socket(listening.address).value()};
    Connect connect{pump, client};
    connect.address = listening.address;
    connect.submit();
    CHECK(connect.finish());
    CHECK(connect.result() == 0);
    Send send{pump, client, "early"};
    send.submit();
    CHECK(send.finish());
    Accept accept{pump, listening.socket};
    accept.submit();
    CHECK(pump.until([&] { return accept.count() == 1; }));
    accept.cancel();
    CHECK(accept.finish());
    Open server{loop, accept.seen[0].result};
    Receive receive{pump, server};
    receive.submit();
    CHECK(pump.until([&] { return receive.data() == "early"; }));
    receive.cancel();
    CHECK(receive.finish());
  });
}

TEST_CASE("who connects to a full backlog waits for room", "[loop][listener][sim]") {
  for_each_sim_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump, {.backlog = 2}};
    std::vector<std::unique_ptr<Open>> sockets;
    std::vector<std::unique_ptr<Connect>> connects;
    for (int index = 0; index < 5; ++index) {
      sockets.push_back(std::make_unique<Open>(loop, loop.open_socket(listening.address).value()));
      connects.push_back(std::make_unique<Connect>(pump, *sockets.back()));
      connects.back()->address = listening.address;
      connects.back()->submit();
    }
    const auto ended = [&] {
      return std::count_if(connects.begin(), connects.end(), [](const auto& connect) { return connect->ended(); });
    };
    pump.settle();
    CHECK(ended() == 2);
    Accept accept{pump, listening.socket};
    accept.on = [&](const gyre::Completion& completion) {
      if (completion.result >= 0) loop.close(completion.result);
      if (accept.count() == 2) accept.cancel();
    };
    accept.submit();
    CHECK(accept.finish());
    pump.settle();
    CHECK(ended() == static_cast<long>(2 + accept.count() - 1));
    listening.socket.close();
    CHECK(pump.until([&] { return ended() == 5; }));
    for (const auto& connect : connects) CHECK((connect->result() == 0 || connect->result() == -ECONNREFUSED));
  });
}

TEST_CASE("a listener that closes resets what it had not accepted", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    Open client{loop, loop.open_socket(listening.address).value()};
    Connect connect{pump, client};
    connect.address = listening.address;
    connect.submit();
    CHECK(connect.finish());
    Receive receive{pump, client};
    receive.submit();
    pump.settle();
    listening.socket.close();
    CHECK(receive.finish());
    CHECK(receive.result() == -ECONNRESET);
  });
}

TEST_CASE("without descriptors accept fails with EMFILE, and goes on when there are some", "[loop][listener]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    Open client{loop, loop.open_socket(listening.address).value()};
    Accept accept{pump, listening.socket};
    Connect connect{pump, client};
    connect.address = listening.address;
    {
      // Numbers below the limit are all in use.
      const int lowest = ::dup(listening.socket);
      const DescriptorLimit none{static_cast<rlim_t>(lowest)};
      ::close(lowest);
      connect.submit();
      CHECK(connect.finish());
      accept.submit();
      CHECK(accept.finish());
      CHECK(accept.result() == -EMFILE);
      CHECK(accept.count() == 1);
    }
    accept.seen.clear();
    accept.submit();
    CHECK(pump.until([&] { return accept.count() == 1; }));
    CHECK(accept.seen[0].more);
    CHECK(accept.seen[0].result >= 0);
    loop.close(accept.seen[0].result);
    accept.cancel();
    CHECK(accept.finish());
  });
}

TEST_CASE("the simulation runs out of descriptors as well", "[loop][listener][sim]") {
  gyre::SimOptions options;
  options.descriptors_max = 3;
  run_and_check(std::make_unique<gyre::SimLoop>(options), open_descriptors(), [](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    Open client{loop, loop.open_socket(listening.address).value()};
    Open other{loop, loop.open_socket(listening.address).value()};
    CHECK(loop.open_socket(listening.address).error() == gyre::Errc::too_many_descriptors);
    Connect connect{pump, client};
    connect.address = listening.address;
    connect.submit();
    Accept accept{pump, listening.socket};
    accept.submit();
    CHECK(accept.finish());
    CHECK(accept.result() == -EMFILE);
    other.close();
    accept.submit();
    CHECK(pump.until([&] { return accept.count() == 2; }));
    loop.close(accept.seen[1].result);
    accept.cancel();
    CHECK(accept.finish());
    CHECK(connect.finish());
  });
}

TEST_CASE("a flood of connections is accepted to the last", "[loop][listener]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    std::vector<std::unique_ptr<Open>> clients;
    std::vector<std::unique_ptr<Connect>> connects;
    constexpr std::size_t count = 300;
    for (std::size_t index = 0; index < count; ++index) {
      clients.push_back(std::make_unique<Open>(loop, loop.open_socket(listening.address).value()));
      connects.push_back(std::make_unique<Connect>(pump, *clients.back()));
      connects.back()->address = listening.address;
      connects.back()->submit();
    }
    const auto all = [&] {
      return std::all_of(connects.begin(), connects.end(), [](const auto& each) { return each->ended(); });
    };
    CHECK(pump.until(all));
    std::size_t accepted = 0;
    Accept accept{pump, listening.socket};
    accept.on = [&](const gyre::Completion& completion) {
      if (completion.result < 0) return;
      ++accepted;
      loop.close(completion.result);
    };
    accept.submit();
    CHECK(pump.until([&] { return accepted == count; }));
    accept.cancel();
    CHECK(accept.finish());
    CHECK(accepted == count);
  });
}

TEST_CASE("accepted sockets are closed on exec, do not block and do not delay", "[loop][listener]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    for (const int descriptor : {int{both.client}, int{both.server}}) {
      CHECK((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
      CHECK((::fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0);
      int value = 0;
      socklen_t size = sizeof value;
      CHECK(::getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0);
      CHECK(value != 0);
    }
  });
}
