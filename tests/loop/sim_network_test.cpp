// What takes time in a simulated network, to the nanosecond.

#include <gyre/loop/sim/sim_loop.hpp>

#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <set>

using namespace loop_test;
using gyre::Completion;
using gyre::Duration;
using gyre::ShutdownSide;
using gyre::SimLoop;
using gyre::SimOptions;
using gyre::TimePoint;

namespace {

/// A client and a server on a loop of these options, connected.
struct World {
  explicit World(const SimOptions& options) : loop(options), pump(loop), both(pump), start(loop.now()) {}

  Duration since_start() const { return loop.now() - start; }
  /// Runs until `condition` holds; how long it took.
  Duration until(std::function<bool()> condition) {
    CHECK(pump.until(std::move(condition)));
    return since_start();
  }
  void send(int descriptor, std::string_view text) {
    Send sending{pump, descriptor, text};
    sending.submit();
    CHECK(sending.finish());
    CHECK(sending.result() == static_cast<int>(text.size()));
  }

  SimLoop loop;
  Pump pump;
  Connection both;
  TimePoint start;
};

gyre::Task<> sleep(Duration length) { co_await gyre::sleep_for(length); }

SimOptions with_latency(Duration least, Duration most = {}) {
  SimOptions options;
  options.latency = {least, most};
  return options;
}

}  // namespace

TEST_CASE("latency: a connect takes two ways, an accept three", "[loop][sim]") {
  SimLoop loop{with_latency(10ms)};
  Pump pump{loop};
  const Listening listening{pump};
  Open client{loop, loop.open_socket(listening.address).value()};
  Accept accept{pump, listening.socket};
  Duration connected{};
  Duration accepted{};
  int server = -1;
  accept.on = [&](const Completion& completion) {
    if (completion.result < 0) return;
    server = completion.result;
    accepted = loop.now().time_since_epoch();
    accept.cancel();
  };
  accept.submit();
  Connect connect{pump, client};
  connect.address = listening.address;
  connect.on = [&](const Completion&) { connected = loop.now().time_since_epoch(); };
  connect.submit();
  CHECK(pump.until([&] { return !accept.armed() && !connect.armed(); }));
  CHECK(connect.result() == 0);
  CHECK(connected == 20ms);
  CHECK(accepted == 30ms);
  loop.close(server);
}

TEST_CASE("latency: an echo is back after two ways", "[loop][sim]") {
  World world{with_latency(10ms)};
  Receive at_server{world.pump, world.both.server};
  Receive at_client{world.pump, world.both.client};
  Send back{world.pump, world.both.server, "pong"};
  at_server.on = [&](const Completion& completion) {
    if (completion.result > 0) CHECK(world.since_start() == 10ms);
    if (completion.result > 0) back.submit();
  };
  at_server.submit();
  at_client.submit();
  world.send(world.both.client, "ping");
  CHECK(world.since_start() == 0ms);  // a send ends when its bytes are in the buffer
  CHECK(world.until([&] { return at_client.data() == "pong"; }) == 20ms);
  at_server.cancel();
  at_client.cancel();
  CHECK(at_server.finish());
  CHECK(at_client.finish());
}

TEST_CASE("latency: nobody listens, which is known after two ways", "[loop][sim]") {
  SimLoop loop{with_latency(10ms)};
  Pump pump{loop};
  Open client{loop, loop.open_socket(ipv4(1)).value()};
  Connect connect{pump, client};
  connect.address = ipv4(1);
  connect.submit();
  CHECK(connect.finish());
  CHECK(connect.result() == -ECONNREFUSED);
  CHECK(loop.now().time_since_epoch() == 20ms);
}

TEST_CASE("latency: drawn between two, and the order of one direction stays", "[loop][sim]") {
  std::set<Duration> times;
  for (const std::uint64_t seed : seeds(20)) {
    SimOptions options = with_latency(5ms, 50ms);
    options.seed = seed;
    World world{options};
    Receive receive{world.pump, world.both.server};
    receive.submit();
    const std::string text = pattern(100);
    for (const char& byte : text) world.send(world.both.client, {&byte, 1});
    world.loop.shutdown(world.both.client, ShutdownSide::send);
    CHECK(receive.finish());
    CHECK(receive.result() == 0);
    CHECK((receive.data() == text));
    CHECK(world.since_start() >= 5ms);
    CHECK(world.since_start() <= 50ms);
    times.insert(world.since_start());
  }
  CHECK((times.size() > 1 || std::getenv("GYRE_SEED") != nullptr));
}

TEST_CASE("latency: an end and a reset do not overtake bytes", "[loop][sim]") {
  for (const bool reset : {false, true}) {
    World world{with_latency(1ms, 30ms)};
    Receive receive{world.pump, world.both.server};
    receive.submit();
    world.send(world.both.client, "all of it");
    if (reset) world.loop.reset(world.both.client.release());
    if (!reset) world.both.client.close();
    CHECK(receive.finish());
    CHECK(receive.data() == "all of it");
    CHECK(receive.result() == (reset ? -ECONNRESET : 0));
    CHECK(world.since_start() > 0ms);
  }
}

TEST_CASE("latency: who sends to a closed connection hears of it a way there and back later", "[loop][sim]") {
  World world{with_latency(10ms)};
  world.both.client.close();
  world.send(world.both.server, "too late");
  Receive receive{world.pump, world.both.server};
  receive.submit();
  CHECK(receive.finish());
  CHECK(receive.result() == 0);
  CHECK(world.since_start() == 10ms);
  world.send(world.both.server, "still");
  world.pump.settle();
  world.pump.settle();
  Send last{world.pump, world.both.server, "no more"};
  last.submit();
  CHECK(last.finish());
  CHECK(last.result() == -EPIPE);
}

TEST_CASE("latency: bytes that meet a closed socket bring a reset back", "[loop][sim]") {
  World world{with_latency(10ms)};
  world.send(world.both.client, "nobody reads this");
  world.both.server.close();
  Receive receive{world.pump, world.both.client};
  receive.submit();
  CHECK(receive.finish());
  CHECK(receive.result() == 0);
  CHECK(world.since_start() == 10ms);
  world.pump.settle();
  world.pump.settle();
  CHECK(world.since_start() == 20ms);
  Send last{world.pump, world.both.client, "no more"};
  last.submit();
  CHECK(last.finish());
  CHECK(last.result() == -EPIPE);
}

TEST_CASE("latency: Unix sockets have none", "[loop][sim]") {
  SimLoop loop{with_latency(10ms)};
  Pump pump{loop};
  Open listener{loop, loop.open_listener(unix_path("/run/socket"), {}).value()};
  Open client{loop, loop.open_socket(unix_path("/run/socket")).value()};
  Connect connect{pump, client};
  connect.address = unix_path("/run/socket");
  connect.submit();
  CHECK(connect.finish());
  CHECK(loop.now() == TimePoint{});
}

TEST_CASE("latency: a client that leaves while it connects was never there", "[loop][sim]") {
  for (const Duration leaves : {5ms, 15ms, 25ms}) {
    SimLoop loop{with_latency(10ms)};
    Pump pump{loop};
    const Listening listening{pump};
    Open client{loop, loop.open_socket(listening.address).value()};
    Accept accept{pump, listening.socket};
    accept.on = [&](const Completion& completion) {
      if (completion.result >= 0) loop.close(completion.result);
    };
    accept.submit();
    Connect connect{pump, client};
    connect.address = listening.address;
    connect.submit();
    loop.run(sleep(leaves));
    connect.cancel();
    CHECK(connect.finish());
    client.close();
    for (int times = 0; times < 10; ++times) pump.settle();
    CHECK(accept.count() == (leaves == 25ms ? 1 : 0));
    accept.cancel();
    CHECK(accept.finish());
  }
}

TEST_CASE("latency: a listener that closes refuses and resets", "[loop][sim]") {
  for (const Duration closes : {5ms, 15ms, 25ms, 35ms}) {
    SimLoop loop{with_latency(10ms)};
    Pump pump{loop};
    Listening listening{pump};
    Open client{loop, loop.open_socket(listening.address).value()};
    Connect connect{pump, client};
    connect.address = listening.address;
    connect.submit();
    loop.run(sleep(closes));
    listening.socket.close();
    CHECK(connect.finish());
    CHECK(connect.result() == (closes == 5ms ? -ECONNREFUSED : 0));
    if (closes == 5ms) continue;
    Receive receive{pump, client};
    receive.submit();
    CHECK(receive.finish());
    CHECK(receive.result() == -ECONNRESET);
    CHECK(loop.now().time_since_epoch() == closes + 10ms);
  }
}

TEST_CASE("bandwidth: bytes take their time, and the way is added", "[loop][sim]") {
  SimOptions options;
  options.bandwidth = 1000;
  for (const Duration latency : {0ms, 20ms}) {
    options.latency.least = latency;
    World world{options};
    Receive receive{world.pump, world.both.server};
    receive.submit();
    world.send(world.both.client, pattern(500));
    CHECK(world.until([&] { return receive.data().size() == 500; }) == 500ms + latency);
    world.send(world.both.client, pattern(250));
    world.both.client.close();
    CHECK(receive.finish());
    CHECK(world.since_start() == 750ms + 2 * latency);
    CHECK(receive.data().size() == 750);
    CHECK(receive.result() == 0);
  }
}

TEST_CASE("bandwidth: each direction has its own, large sends come in segments", "[loop][sim]") {
  SimOptions options;
  options.bandwidth = 1460;
  World world{options};
  Receive there{world.pump, world.both.server};
  Receive back{world.pump, world.both.client};
  there.submit();
  back.submit();
  world.send(world.both.client, pattern(4380));
  world.send(world.both.server, pattern(1460));
  CHECK(world.until([&] { return !there.data().empty() && !back.data().empty(); }) == 1s);
  CHECK(there.data().size() == 1460);
  CHECK(world.until([&] { return there.data().size() == 4380; }) == 3s);
  there.cancel();
  back.cancel();
  CHECK(there.finish());
  CHECK(back.finish());
}

TEST_CASE("bandwidth: a full pipe holds the sender back", "[loop][sim]") {
  SimOptions options;
  options.bandwidth = 1460;
  options.pipe_capacity = 1460;
  World world{options};
  Receive receive{world.pump, world.both.server};
  receive.submit();
  world.send(world.both.client, pattern(2920));
  CHECK(world.since_start() == 1s);
  CHECK(world.until([&] { return receive.data().size() == 2920; }) == 2s);
  receive.cancel();
  CHECK(receive.finish());
}

TEST_CASE("bandwidth: a reset takes the place of what was not sent yet", "[loop][sim]") {
  SimOptions options;
  options.bandwidth = 1460;
  options.latency.least = 10ms;
  World world{options};
  Receive receive{world.pump, world.both.server};
  receive.submit();
  world.send(world.both.client, pattern(14'600));
  CHECK(world.until([&] { return receive.data().size() == 2920; }) == 2010ms);
  world.loop.reset(world.both.client.release());
  CHECK(receive.finish());
  CHECK(receive.result() == -ECONNRESET);
  CHECK(receive.data().size() == 2920);
  CHECK(world.since_start() == 2020ms);
}

TEST_CASE("what is on its way is no deadlock, an empty network is one", "[loop][sim]") {
  World world{with_latency(10ms)};
  Receive receive{world.pump, world.both.server};
  receive.submit();
  world.send(world.both.client, "x");
  CHECK(world.pump.until([&] { return receive.data() == "x"; }));
  CHECK_FALSE(world.pump.until([&] { return receive.data() == "xx"; }));
  CHECK(world.since_start() == 10ms);
  receive.cancel();
  CHECK(receive.finish());
}

TEST_CASE("a timer between two packets is exact", "[loop][sim]") {
  World world{with_latency(10ms)};
  Receive receive{world.pump, world.both.server};
  receive.submit();
  world.send(world.both.client, "x");
  world.loop.run(sleep(3ms));
  CHECK(world.since_start() == 3ms);
  world.loop.run(sleep(6'999'999ns));
  CHECK(world.since_start() == 9'999'999ns);
  CHECK(receive.data().empty());
  CHECK(world.until([&] { return receive.data() == "x"; }) == 10ms);
  receive.cancel();
  CHECK(receive.finish());
}
