// What only io_uring has: a few shared buffers, rings that fill up, multishots that the kernel ends.

#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>

using namespace loop_test;
using gyre::Loop;

namespace {

/// Runs the body on io_uring with these options, with and without DEFER_TASKRUN.
template <class Body>
void on_uring(gyre::LoopOptions options, const Body& body) {
  options.backend = gyre::Backend::uring;
  for (const bool defer : {true, false}) {
    DYNAMIC_SECTION((defer ? "uring" : "uring, old")) {
      options.defer_task_run = defer;
      const int before = open_descriptors();
      auto loop = make_or_warn(options);
      if (loop) run_and_check(std::move(loop), before, body);
    }
  }
}

struct Peer {
  Peer(Pump& pump, const Listening& to) : both(pump, to), receive(pump, both.server), send(pump, both.client, "") {}
  Connection both;
  Receive receive;
  Send send;
  std::string text;
};

/// Every peer sends its text and closes its side; all arrives.
void exchange(Pump& pump, std::size_t count, std::size_t size) {
  Loop& loop = pump.loop();
  const Listening listening{pump};
  std::vector<std::unique_ptr<Peer>> peers;
  std::size_t ended = 0;
  for (std::size_t index = 0; index < count; ++index) {
    peers.push_back(std::make_unique<Peer>(pump, listening));
    Peer& peer = *peers.back();
    peer.text = pattern(size, static_cast<std::uint32_t>(index));
    peer.receive.on = [&](const gyre::Completion& completion) { ended += completion.more ? 0 : 1; };
    peer.receive.submit();
    peer.send.on = [&](const gyre::Completion&) { loop.shutdown(peer.both.client, gyre::ShutdownSide::send); };
    peer.send.set(peer.text);
  }
  for (auto& peer : peers) peer->send.submit();
  CHECK(pump.until([&] { return ended == count; }));
  const bool right = std::all_of(peers.begin(), peers.end(), [](const auto& peer) {
    return peer->receive.data() == peer->text && peer->receive.result() == 0;
  });
  CHECK(right);
}

}  // namespace

TEST_CASE("two small receive buffers are enough for everybody, only slower", "[loop][uring]") {
  on_uring({.receive_buffers = 2, .receive_buffer_size = 64}, [](Loop& loop) {
    Pump pump{loop};
    exchange(pump, 20, 3000);
  });
}

TEST_CASE("one receive buffer is enough", "[loop][uring]") {
  on_uring({.receive_buffers = 1, .receive_buffer_size = 4096}, [](Loop& loop) {
    Pump pump{loop};
    exchange(pump, 50, 20'000);
  });
}

TEST_CASE("a receive without a buffer can be cancelled", "[loop][uring]") {
  on_uring({.receive_buffers = 1, .receive_buffer_size = 16}, [](Loop& loop) {
    Pump pump{loop};
    const Listening listening{pump};
    std::vector<std::unique_ptr<Peer>> peers;
    for (int count = 0; count < 20; ++count) {
      peers.push_back(std::make_unique<Peer>(pump, listening));
      peers.back()->text = pattern(1000, static_cast<std::uint32_t>(count));
      peers.back()->send.set(peers.back()->text);
      peers.back()->send.submit();
    }
    pump.settle();
    for (auto& peer : peers) {
      // The first that gets something cancels everybody, also those that were refused a buffer in the same turn.
      peer->receive.on = [&](const gyre::Completion&) {
        for (auto& other : peers) other->receive.cancel();
      };
      peer->receive.submit();
    }
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    for (auto& peer : peers) {
      CHECK(peer->receive.result() == -ECANCELED);
      const std::string early = peer->receive.data();
      CHECK(std::string_view{peer->text}.starts_with(early));
      // What was not delivered is still in the socket.
      peer->receive.on = nullptr;
      peer->receive.submit();
      CHECK(pump.until([&] { return peer->receive.data() == peer->text; }));
      peer->receive.cancel();
      CHECK(peer->receive.finish());
    }
  });
}

TEST_CASE("thousands of operations in one turn pass through a submission ring of eight", "[loop][uring]") {
  on_uring({.submission_entries = 8, .completion_entries = 16}, [](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    std::vector<std::unique_ptr<Poll>> polls;
    for (int count = 0; count < 4000; ++count) {
      polls.push_back(std::make_unique<Poll>(pump, both.client));
      polls.back()->events = gyre::PollOperation::writable;
    }
    // All are ready at once: the completion ring overflows as well.
    for (auto& poll : polls) poll->submit();
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    const auto good = std::count_if(polls.begin(), polls.end(), [](const auto& poll) {
      return poll->count() == 1 && poll->result() == gyre::PollOperation::writable;
    });
    CHECK(good == 4000);
  });
}

TEST_CASE("completions that overflow the ring are not lost", "[loop][uring]") {
  on_uring({.submission_entries = 64, .completion_entries = 64}, [](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    std::vector<std::unique_ptr<Poll>> polls;
    for (int count = 0; count < 3000; ++count) {
      polls.push_back(std::make_unique<Poll>(pump, both.server));
      polls.back()->events = gyre::PollOperation::readable;
      polls.back()->submit();
    }
    pump.settle();
    CHECK(loop.armed() == 3000);
    // One byte, and three thousand completions come true together.
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    const auto good = std::count_if(polls.begin(), polls.end(), [](const auto& poll) {
      return poll->count() == 1 && poll->result() == gyre::PollOperation::readable;
    });
    CHECK(good == 3000);
  });
}

TEST_CASE("an overflowing ring ends multishots, and their owners do not notice", "[loop][uring]") {
  on_uring({.receive_buffers = 16, .receive_buffer_size = 64, .submission_entries = 4, .completion_entries = 8},
           [](Loop& loop) {
             Pump pump{loop};
             exchange(pump, 60, 2000);
           });
}

TEST_CASE("a flood of connections overflows the ring, and each is accepted", "[loop][uring]") {
  on_uring({.submission_entries = 4, .completion_entries = 4}, [](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    constexpr std::size_t count = 200;
    std::size_t accepted = 0;
    Accept accept{pump, listening.socket};
    accept.on = [&](const gyre::Completion& completion) {
      if (completion.result < 0) return;
      ++accepted;
      loop.close(completion.result);
    };
    std::vector<std::unique_ptr<Open>> clients;
    std::vector<std::unique_ptr<Connect>> connects;
    for (std::size_t index = 0; index < count; ++index) {
      clients.push_back(std::make_unique<Open>(loop, loop.open_socket(listening.address).value()));
      connects.push_back(std::make_unique<Connect>(pump, *clients.back()));
      connects.back()->address = listening.address;
      connects.back()->submit();
      if (index == count / 2) accept.submit();
    }
    CHECK(pump.until([&] { return accepted == count; }));
    accept.cancel();
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    CHECK(accept.result() == -ECANCELED);
  });
}

TEST_CASE("thousands of cancellations in one turn", "[loop][uring]") {
  on_uring({.submission_entries = 8, .completion_entries = 16}, [](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    std::vector<std::unique_ptr<Poll>> polls;
    for (int count = 0; count < 2000; ++count) {
      polls.push_back(std::make_unique<Poll>(pump, both.server));
      polls.back()->events = gyre::PollOperation::readable;
      polls.back()->submit();
    }
    for (auto& poll : polls) poll->cancel();
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    const auto good =
        std::count_if(polls.begin(), polls.end(), [](const auto& poll) { return poll->result() == -ECANCELED; });
    CHECK(good == 2000);
  });
}

TEST_CASE("descriptors closed in great number are all closed", "[loop][uring]") {
  on_uring({.submission_entries = 8, .completion_entries = 16}, [](Loop& loop) {
    const int before = open_descriptors();
    for (int count = 0; count < 100; ++count) loop.close(loop.open_socket(ipv4(1)).value());
    Pump pump{loop};
    pump.settle();
    CHECK(open_descriptors() == before);
    // And those that are closed last, before the loop itself goes.
    for (int count = 0; count < 20; ++count) loop.close(loop.open_socket(ipv4(1)).value());
  });
}

TEST_CASE("options that make no sense are refused", "[loop][uring]") {
  gyre::LoopOptions options;
  options.backend = gyre::Backend::uring;
  options.receive_buffer_size = 0;
  CHECK_FALSE(gyre::make_loop(options).has_value());
  options.receive_buffer_size = 4096;
  options.receive_buffers = 1'000'000;
  CHECK_FALSE(gyre::make_loop(options).has_value());
}
