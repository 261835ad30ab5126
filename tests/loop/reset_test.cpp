#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>
#include <cerrno>

using namespace loop_test;
using gyre::Loop;

TEST_CASE("a connection that is reset never looks complete to its peer", "[loop][reset]") {
  for_each_loop([](Loop& loop) {
    for (const bool waiting : {true, false}) {
      Pump pump{loop};
      Connection both{pump};
      Receive receive{pump, both.client};
      if (waiting) receive.submit();
      Send send{pump, both.server, "half of it"};
      send.submit();
      CHECK(send.finish());
      pump.settle();
      loop.reset(both.server.release());
      pump.settle();
      if (!waiting) receive.submit();
      CHECK(receive.finish());
      CHECK(receive.data() == "half of it");
      CHECK(receive.result() == -ECONNRESET);
    }
  });
}

TEST_CASE("a send to a connection that was reset fails", "[loop][reset]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send filling{pump, both.client, too_much()};
    filling.submit();
    pump.settle();
    CHECK(filling.armed());
    loop.reset(both.server.release());
    CHECK(filling.finish());
    // Which of them depends on who asks first: the kernel tells of a reset once.
    CHECK((filling.result() == -ECONNRESET || filling.result() == -EPIPE));
    Send next{pump, both.client, "x"};
    next.submit();
    CHECK(next.finish());
    CHECK(next.result() == -EPIPE);
  });
}

TEST_CASE("a Unix socket, which knows no reset, is closed", "[loop][reset]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    const std::string path = "/tmp/gyre-reset-test-" + std::to_string(::getpid());
    Open listener{loop, loop.open_listener(unix_path(path), {}).value()};
    Open client{loop, loop.open_socket(unix_path(path)).value()};
    Accept accept{pump, listener};
    accept.submit();
    Connect connect{pump, client};
    connect.address = unix_path(path);
    connect.submit();
    CHECK(pump.until([&] { return accept.count() == 1 && !connect.armed(); }));
    accept.cancel();
    CHECK(accept.finish());
    loop.reset(accept.seen.front().result);
    Receive receive{pump, client};
    receive.submit();
    CHECK(receive.finish());
    CHECK(receive.result() == 0);
    ::unlink(path.c_str());
  });
}

TEST_CASE("what is no connection is closed by a reset", "[loop][reset]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    loop.reset(loop.open_listener(ipv4(0), {}).value());
    loop.reset(loop.open_socket(ipv4(0)).value());
    pump.settle();
  });
}
