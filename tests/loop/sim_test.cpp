#include <gyre/loop/sim/sim_loop.hpp>

#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <memory>
#include <set>

using namespace loop_test;
using gyre::SimLoop;
using gyre::SimOptions;

namespace {

/// What a small busy world does, line by line.
std::string trace_of(const SimOptions& options) {
  SimLoop loop{options};
  Pump pump{loop};
  Listening listening{pump};
  std::string trace;
  struct Peer {
    Peer(Pump& pump, const Listening& to) : both(pump, to), receive(pump, both.server), send(pump, both.client, "") {}
    Connection both;
    Receive receive;
    Send send;
  };
  std::vector<std::unique_ptr<Peer>> peers;
  const std::string text = pattern(200);
  for (int count = 0; count < 8; ++count) peers.push_back(std::make_unique<Peer>(pump, listening));
  for (std::size_t index = 0; index < peers.size(); ++index) {
    Peer& peer = *peers[index];
    peer.receive.on = [&trace, &loop, index](const gyre::Completion& completion) {
      trace += std::to_string(index) + ":" + std::to_string(completion.result) + "@" +
               std::to_string(loop.now().time_since_epoch().count()) + " ";
    };
    peer.receive.submit();
    peer.send.set(text);
    peer.send.on = [&loop, &peer](const gyre::Completion&) {
      loop.shutdown(peer.both.client, gyre::ShutdownSide::send);
    };
    peer.send.submit();
  }
  CHECK(pump.until([&] { return loop.armed() == 0; }));
  pump.settle();
  trace += std::to_string(loop.random());
  for (const auto& peer : peers) CHECK(peer->receive.data() == text);
  return trace;
}

}  // namespace

TEST_CASE("the same seed gives the same run, another seed another", "[loop][sim]") {
  for (const bool split : {false, true}) {
    std::set<std::string> traces;
    for (const std::uint64_t seed : seeds(20)) {
      SimOptions options;
      options.seed = seed;
      options.split_chunks = split;
      const std::string trace = trace_of(options);
      CHECK(trace == trace_of(options));
      traces.insert(trace);
    }
    if (std::getenv("GYRE_SEED") == nullptr) CHECK(traces.size() == 20);
  }
}

TEST_CASE("neighbouring seeds give different random numbers", "[loop][sim]") {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimOptions options;
    options.seed = seed;
    SimLoop loop{options};
    firsts.insert(loop.random());
  }
  CHECK(firsts.size() == 100);
}

TEST_CASE("simulated time starts at 0 and stands still while there is something to do", "[loop][sim]") {
  SimLoop loop;
  CHECK(loop.now() == gyre::TimePoint{});
  Pump pump{loop};
  Connection both{pump};
  const std::string block = pattern(1'000'000);
  Send send{pump, both.client, block};
  Receive receive{pump, both.server};
  receive.submit();
  send.submit();
  CHECK(pump.until([&] { return receive.data().size() == block.size() && !send.armed(); }));
  CHECK(loop.now() == gyre::TimePoint{});
  receive.cancel();
  CHECK(receive.finish());
}

TEST_CASE("a pipe holds as much as it is told to", "[loop][sim]") {
  SimOptions options;
  options.pipe_capacity = 1000;
  SimLoop loop{options};
  Pump pump{loop};
  Connection both{pump};
  const std::string block = pattern(2500);
  Send send{pump, both.client, block};
  send.submit();
  pump.settle();
  CHECK(send.armed());
  send.cancel();
  CHECK(send.finish());
  CHECK(send.result() == 1000);
}

TEST_CASE("split chunks have many sizes, whole ones are whole", "[loop][sim]") {
  for (const bool split : {false, true}) {
    SimOptions options;
    options.split_chunks = split;
    SimLoop loop{options};
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.client, "0123456789012345678901234567890123456789"};
    send.submit();
    CHECK(send.finish());
    Receive receive{pump, both.server};
    receive.submit();
    CHECK(pump.until([&] { return receive.data().size() == 40; }));
    if (split) {
      CHECK(receive.count() > 1);
    } else {
      CHECK(receive.count() == 1);
    }
    receive.cancel();
    CHECK(receive.finish());
  }
}

TEST_CASE("a cancellation crosses a result for some seeds and not for others", "[loop][sim]") {
  std::set<bool> won;
  for (std::uint64_t seed = 1; seed <= 32; ++seed) {
    SimOptions options;
    options.seed = seed;
    SimLoop loop{options};
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(send.finish());
    Receive receive{pump, both.server};
    receive.submit();
    receive.cancel();
    CHECK(receive.finish());
    won.insert(receive.data() == "x");
  }
  CHECK(won.size() == 2);
}

TEST_CASE("two worlds know nothing of each other", "[loop][sim]") {
  SimLoop one;
  SimLoop other;
  Pump pump_one{one};
  Pump pump_other{other};
  Listening listening{pump_one};
  Open socket{other, other.open_socket(listening.address).value()};
  Connect connect{pump_other, socket};
  connect.address = listening.address;
  connect.submit();
  CHECK(connect.finish());
  CHECK(connect.result() == -ECONNREFUSED);
  Open same_address{other, other.open_listener(listening.address, {}).value()};
}

TEST_CASE("descriptors that are not closed are counted", "[loop][sim]") {
  SimLoop loop;
  Pump pump{loop};
  {
    Connection both{pump};
    CHECK(loop.open_descriptors() == 2);
  }
  CHECK(loop.open_descriptors() == 0);
  const int forgotten = loop.open_socket(ipv4(1)).value();
  CHECK(loop.open_descriptors() == 1);
  loop.close(forgotten);
  loop.close(forgotten);
  CHECK(loop.open_descriptors() == 0);
}

TEST_CASE("a second reader or writer of a descriptor is refused", "[loop][sim]") {
  for_each_sim_loop([](gyre::Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive first{pump, both.server};
    Receive second{pump, both.server};
    first.submit();
    second.submit();
    CHECK(second.finish());
    CHECK(second.result() == -EBUSY);
    first.cancel();
    CHECK(first.finish());
  });
}
