// RFC 9113 and RFC 7541, section by section, against the server: one right answer for each row.

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <cstdio>
#include <cstdlib>

#include "h2_conformance_frames.hpp"
#include "h2_conformance_framing.hpp"
#include "h2_conformance_hpack.hpp"
#include "h2_conformance_messages.hpp"
#include "h2_conformance_run.hpp"

using namespace gyre;
using namespace gyre::test;
using namespace gyre::test::h2;

namespace {

std::vector<Topic> topics() {
  return {starting(),
          over_tls() ? starting_secure() : starting_clear(),
          frame_format(),
          frame_size(),
          header_compression(),
          states(),
          stream_numbers(),
          priorities(),
          data_frames(),
          headers_frames(),
          settings_frames(),
          other_frames(),
          flow_control(),
          exchanges(),
          lengths(),
          fields(),
          pseudo_fields(),
          tunnels(),
          hpack_good(),
          hpack_bad(),
          hpack_untabled()};
}

/// Every case of a topic with one preset, on the loop, by one delivery: what is wrong.
Task<> check(H2Site& site, const Topic& topic, Preset preset, Delivery delivery, std::string* faults) {
  for (const Case& test : topic.cases) {
    if (test.preset != preset) continue;
    auto running = run(site, test, delivery);
    std::string fault = co_await std::move(running);
    *faults += fault;
  }
}

std::string faults_of(Loop& loop, const Topic& topic, Delivery delivery) {
  std::string faults;
  for (const Preset preset : {Preset::usual, Preset::untabled}) {
    auto body = [&topic, preset, delivery, &faults](H2Site& site) {
      return check(site, topic, preset, delivery, &faults);
    };
    loop.run(serve_h2(loop, options_of(preset), body));
  }
  return faults;
}

}  // namespace

TEST_CASE("every rule of HTTP/2 has its answer", "[http][h2]") {
  for (const Topic& topic : topics()) {
    for (const Delivery delivery : {Delivery::at_once, Delivery::bytewise}) {
      SimOptions options;
      options.seed = 7;
      SimLoop loop(options);
      const std::string faults = faults_of(loop, topic, delivery);
      INFO(topic.name << "\n" << faults);
      CHECK(faults.empty());
      CHECK(loop.armed() == 0);
      CHECK(loop.open_descriptors() == 0);
    }
  }
}

TEST_CASE("the rules of HTTP/2 hold on every loop", "[http][h2]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    for (const Topic& topic :
         {starting(), frame_size(), stream_numbers(), data_frames(), flow_control(), exchanges()}) {
      const std::string faults = faults_of(loop, topic, Delivery::at_once);
      INFO(topic.name << "\n" << faults);
      CHECK(faults.empty());
    }
  });
}

TEST_CASE("every connection begins", "[http][h2]") {
  // The change from HTTP/1.1 and the rest of what came meet in any order.
  const Topic greetings{"", std::vector<Case>(40, {"a request", {get(1)}, "1:200(5) alive"})};
  for (const std::uint64_t seed : loop_test::seeds(25)) {
    SimOptions options;
    options.seed = seed;
    SimLoop loop(options);
    const std::string faults = faults_of(loop, greetings, Delivery::at_once);
    INFO("GYRE_SEED=" << seed << "\n" << faults);
    CHECK(faults.empty());
  }
}

TEST_CASE("there are enough rules", "[http][h2]") {
  std::size_t count = 0;
  for (const Topic& topic : topics()) {
    count += topic.cases.size();
    if (std::getenv("GYRE_COUNT") != nullptr) std::printf("%4zu  %s\n", topic.cases.size(), topic.name);
  }
  CHECK(count >= 400);
}
