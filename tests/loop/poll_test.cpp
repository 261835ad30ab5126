#include "each_loop.hpp"
#include "file_fixture.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <memory>

using namespace loop_test;
using gyre::Loop;
using gyre::PollOperation;

namespace {

/// One poll from its start to its end.
int poll_once(Pump& pump, int descriptor, std::uint32_t events) {
  Poll poll{pump, descriptor};
  poll.events = events;
  poll.submit();
  CHECK(poll.count() == 0);
  CHECK(poll.finish());
  return poll.result();
}

void write_some(int descriptor) {
  const std::uint64_t one = 1;
  CHECK(::write(descriptor, &one, sizeof one) == sizeof one);
}

void read_some(int descriptor) {
  std::uint64_t value = 0;
  CHECK(::read(descriptor, &value, sizeof value) > 0);
}

}  // namespace

TEST_CASE("a connection is polled for what it is ready for", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    CHECK(poll_once(pump, both.client, PollOperation::writable) == PollOperation::writable);
    CHECK(poll_once(pump, both.client, PollOperation::readable | PollOperation::writable) == PollOperation::writable);
    Poll readable{pump, both.server};
    readable.events = PollOperation::readable;
    readable.submit();
    pump.settle();
    CHECK(readable.armed());
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(pump.until([&] { return !send.armed() && !readable.armed(); }));
    CHECK(readable.result() == PollOperation::readable);
    // The byte is still there: a poll looks at what is, not at what has changed.
    CHECK(poll_once(pump, both.server, PollOperation::readable) == PollOperation::readable);
  });
}

TEST_CASE("a listener is readable when somebody waits", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    Poll poll{pump, listening.socket};
    poll.events = PollOperation::readable;
    poll.submit();
    Open client{loop, loop.open_socket(listening.address).value()};
    Connect connect{pump, client};
    connect.address = listening.address;
    connect.submit();
    CHECK(pump.until([&] { return !poll.armed() && !connect.armed(); }));
    CHECK(poll.result() == PollOperation::readable);
  });
}

TEST_CASE("a hang-up is heard although unread bytes wait and nothing receives", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    for (const bool after_a_receive : {false, true}) {
      Pump pump{loop};
      Connection both{pump};
      if (after_a_receive) {
        Receive receive{pump, both.server};
        receive.submit();
        Send first{pump, both.client, "first"};
        first.submit();
        CHECK(pump.until([&] { return receive.data() == "first" && !first.armed(); }));
        receive.cancel();
        CHECK(receive.finish());
      }
      Send send{pump, both.client, "unread"};
      send.submit();
      CHECK(send.finish());
      Poll hang_up{pump, both.server};
      hang_up.events = PollOperation::hang_up;
      hang_up.submit();
      pump.settle();
      CHECK(hang_up.armed());
      loop.shutdown(both.client, gyre::ShutdownSide::send);
      CHECK(hang_up.finish());
      CHECK(hang_up.result() == PollOperation::hang_up);
      Receive rest{pump, both.server};
      rest.submit();
      CHECK(rest.finish());
      CHECK(rest.data() == "unread");
    }
  });
}

TEST_CASE("a hang-up that has happened is heard at once", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    both.client.close();
    pump.settle();
    CHECK(poll_once(pump, both.server, PollOperation::hang_up) == PollOperation::hang_up);
  });
}

TEST_CASE("a reset counts as a hang-up", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.server, "never read"};
    send.submit();
    CHECK(send.finish());
    pump.settle();
    Poll hang_up{pump, both.server};
    hang_up.events = PollOperation::hang_up;
    hang_up.submit();
    both.client.close();
    CHECK(hang_up.finish());
    CHECK(hang_up.result() == PollOperation::hang_up);
  });
}

TEST_CASE("a socket without room is polled until there is some", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    const std::string& block = too_much();
    Send filling{pump, both.client, block};
    filling.submit();
    pump.settle();
    filling.cancel();
    CHECK(filling.finish());
    Poll writable{pump, both.client};
    writable.events = PollOperation::writable;
    writable.submit();
    pump.settle();
    CHECK(writable.armed());
    Receive drain{pump, both.server};
    drain.submit();
    CHECK(writable.finish());
    CHECK(writable.result() == PollOperation::writable);
    drain.cancel();
    CHECK(drain.finish());
  });
}

TEST_CASE("several polls on one descriptor each get theirs", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Poll readable{pump, both.server};
    Poll also_readable{pump, both.server};
    Poll writable{pump, both.server};
    Poll cancelled{pump, both.server};
    readable.events = also_readable.events = cancelled.events = PollOperation::readable;
    writable.events = PollOperation::writable;
    readable.submit();
    cancelled.submit();
    also_readable.submit();
    writable.submit();
    CHECK(writable.finish());
    CHECK(writable.result() == PollOperation::writable);
    cancelled.cancel();
    CHECK(cancelled.finish());
    CHECK(cancelled.result() == -ECANCELED);
    CHECK(readable.armed());
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(pump.until([&] { return !readable.armed() && !also_readable.armed() && !send.armed(); }));
    CHECK(readable.result() == PollOperation::readable);
    CHECK(also_readable.result() == PollOperation::readable);
  });
}

TEST_CASE("a poll that is armed anew in its handler looks again", "[loop][poll]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    const int event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    Poll poll{pump, event};
    poll.events = PollOperation::readable;
    int rounds = 0;
    poll.on = [&](const gyre::Completion& completion) {
      CHECK(completion.result == PollOperation::readable);
      read_some(event);
      if (++rounds == 20) return;
      poll.submit();
      write_some(event);
    };
    poll.submit();
    pump.settle();
    CHECK(poll.armed());
    write_some(event);
    CHECK(pump.until([&] { return rounds == 20 && !poll.armed(); }));
    ::close(event);
  });
}

TEST_CASE("foreign descriptors that others close, and whose numbers come back", "[loop][poll]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    for (int round = 0; round < 10; ++round) {
      // A library's descriptor: polled here, closed there, without a word to the loop.
      const int event = ::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
      CHECK(poll_once(pump, event, PollOperation::readable) == PollOperation::readable);
      ::close(event);
      // The next bearer of the number.
      int ends[2];
      REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
      CHECK((ends[0] == event || ends[1] == event));
      Poll poll{pump, ends[0]};
      poll.events = PollOperation::readable;
      poll.submit();
      CHECK(poll_once(pump, ends[1], PollOperation::writable) == PollOperation::writable);
      CHECK(poll.armed());
      write_some(ends[1]);
      CHECK(poll.finish());
      CHECK(poll.result() == PollOperation::readable);
      ::close(ends[0]);
      ::close(ends[1]);
    }
  });
}

TEST_CASE("a number that was a polled descriptor becomes a connection", "[loop][poll]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    for (int round = 0; round < 5; ++round) {
      std::vector<int> foreign;
      for (int count = 0; count < 4; ++count) {
        foreign.push_back(::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC));
        CHECK(poll_once(pump, foreign.back(), PollOperation::readable) == PollOperation::readable);
      }
      for (const int descriptor : foreign) ::close(descriptor);
      Connection both{pump};
      Receive receive{pump, both.server};
      receive.submit();
      Send send{pump, both.client, "works"};
      send.submit();
      CHECK(pump.until([&] { return receive.data() == "works" && !send.armed(); }));
      receive.cancel();
      CHECK(receive.finish());
    }
  });
}

TEST_CASE("a connection that others close leaves its number to the next one", "[loop][poll]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    for (int round = 0; round < 5; ++round) {
      Connection both{pump, listening};
      Receive at_server{pump, both.server};
      Receive at_client{pump, both.client};
      at_server.submit();
      at_client.submit();
      Send send{pump, both.client, "x"};
      send.submit();
      CHECK(pump.until([&] { return at_server.data() == "x" && !send.armed(); }));
      at_server.cancel();
      at_client.cancel();
      CHECK(pump.until([&] { return loop.armed() == 0; }));
      ::close(both.server.release());
      ::close(both.client.release());
    }
  });
}

TEST_CASE("a pipe whose other end is closed hangs up", "[loop][poll]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    int ends[2];
    REQUIRE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    Poll poll{pump, ends[0]};
    poll.events = PollOperation::readable;
    poll.submit();
    pump.settle();
    ::close(ends[1]);
    CHECK(poll.finish());
    CHECK(poll.result() == PollOperation::hang_up);
    ::close(ends[0]);
  });
}

TEST_CASE("a regular file is always ready", "[loop][poll]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string path = files.put("data", "");
    Noted<gyre::OpenOperation> opening{pump};
    opening.path = path.c_str();
    opening.submit();
    CHECK(opening.finish());
    const Open file{loop, opening.result()};
    for (const std::uint32_t events : {PollOperation::readable, PollOperation::writable}) {
      CHECK(poll_once(pump, file, events) == static_cast<int>(events));
    }
    CHECK(poll_once(pump, file, PollOperation::readable | PollOperation::writable) == 3);
  });
}

TEST_CASE("a simulated foreign descriptor is ready when the test says so", "[loop][poll][sim]") {
  for_each_sim_loop([](Loop& loop) {
    auto& sim = static_cast<gyre::SimLoop&>(loop);
    Pump pump{loop};
    const int foreign = sim.open_foreign().value();
    Poll poll{pump, foreign};
    poll.events = PollOperation::readable;
    poll.submit();
    sim.set_foreign(foreign, PollOperation::writable);
    pump.settle();
    CHECK(poll.armed());
    sim.set_foreign(foreign, PollOperation::readable | PollOperation::writable);
    CHECK(poll.finish());
    CHECK(poll.result() == PollOperation::readable);
    sim.set_foreign(foreign, 0);
    poll.submit();
    pump.settle();
    CHECK(poll.armed());
    poll.cancel();
    CHECK(poll.finish());
    sim.set_foreign(foreign, PollOperation::hang_up);
    CHECK(poll_once(pump, foreign, PollOperation::readable) == PollOperation::hang_up);
    loop.close(foreign);
  });
}
