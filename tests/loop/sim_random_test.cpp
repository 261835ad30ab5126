// Echo traffic in worlds where everything takes time and anything fails: nothing hangs, nothing is left over, and the
// same seed gives the same run.

#include <gyre/coro/scope.hpp>
#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/net/listener.hpp>

#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace loop_test;
using gyre::Bytes;
using gyre::Context;
using gyre::Duration;
using gyre::Listener;
using gyre::Result;
using gyre::Scope;
using gyre::SimLoop;
using gyre::SimOptions;
using gyre::Stream;
using gyre::Task;

namespace {

SimOptions rough_world(std::uint64_t seed) {
  SimOptions options;
  options.seed = seed;
  options.split_chunks = seed % 2 == 0;
  options.pipe_capacity = 500;
  options.latency = {1ms, seed % 3 == 0 ? 80ms : 2ms};
  if (seed % 4 == 0) options.bandwidth = 10'000;
  if (seed % 5 == 0) options.late_completions = 20ms;
  options.clock = {.jump_every = 10s, .jump_max = 24h, .stall_every = 10s, .stall_max = 1s};
  options.faults = {.resets = 500,
                    .accepts = 20'000,
                    .receives = 500,
                    .sends = 500,
                    .connects = 20'000,
                    .files = 0,
                    .sockets = 20'000};
  return options;
}

struct Traffic {
  explicit Traffic(SimLoop& loop) : listener(loop) {}
  Listener listener;
  unsigned whole = 0;
  unsigned broken = 0;
};

Task<> echo(Stream stream) {
  std::byte buffer[300];
  for (;;) {
    const Result<std::size_t> count = co_await stream.read(buffer);
    if (!count || *count == 0) co_return;
    const Result<void> written = co_await stream.write(Bytes{buffer, *count});
    if (!written) co_return;
  }
}

Task<> serve(Traffic* traffic) {
  Scope scope{co_await gyre::this_context()};
  for (;;) {
    Result<Stream> stream = co_await traffic->listener.accept();
    if (!stream) break;
    scope.spawn(echo(std::move(*stream)));
  }
  co_await scope.join();
}

Task<bool> ask(gyre::Endpoint where, std::string text) {
  Result<Stream> stream = co_await Stream::connect(where);
  if (!stream) co_return false;
  std::string answer;
  while (answer.size() < text.size()) {
    const std::string_view piece = std::string_view{text}.substr(answer.size(), 400);
    const Result<void> written = co_await stream->write(gyre::as_bytes(piece));
    if (!written) co_return false;
    const std::size_t wanted = answer.size() + piece.size();
    while (answer.size() < wanted) {
      std::byte buffer[200];
      const Result<std::size_t> count = co_await stream->read(buffer);
      if (!count || *count == 0) co_return false;
      answer += gyre::as_text(Bytes{buffer, *count});
    }
  }
  CHECK(answer == text);
  co_return true;
}

Task<> client(Traffic* traffic, std::uint32_t number) {
  for (std::uint32_t count = 0; count < 3; ++count) {
    auto limited = gyre::within(20s, ask(traffic->listener.endpoint(), pattern(1'000, number * 10 + count)));
    const Result<bool> answered = co_await std::move(limited);
    ++(answered && *answered ? traffic->whole : traffic->broken);
  }
}

Task<> everything(Traffic* traffic) {
  Context& context = co_await gyre::this_context();
  Scope server{context};
  server.spawn(serve(traffic));
  Scope clients{context};
  for (std::uint32_t number = 0; number < 4; ++number) clients.spawn(client(traffic, number));
  co_await clients.join();
  traffic->listener.stop();
  co_await server.join();
  co_await traffic->listener.close();
}

struct Outcome {
  std::uint64_t fingerprint;
  std::uint64_t operations;
  unsigned whole;
  unsigned broken;
  bool operator==(const Outcome&) const = default;
};

Outcome run(const SimOptions& options) {
  SimLoop loop{options};
  Traffic traffic{loop};
  REQUIRE(traffic.listener.open(gyre::Endpoint::parse("127.0.0.1:0").value()));
  loop.run(everything(&traffic));
  CHECK(loop.armed() == 0);
  CHECK(loop.open_descriptors() == 0);
  return {loop.fingerprint(), loop.operations(), traffic.whole, traffic.broken};
}

}  // namespace

TEST_CASE("rough worlds: whatever fails, nothing hangs and nothing is left over", "[loop][sim][random]") {
  unsigned whole = 0;
  unsigned broken = 0;
  for (const std::uint64_t seed : seeds(300)) {
    INFO("GYRE_SEED=" << seed);
    const Outcome outcome = run(rough_world(seed));
    CHECK(outcome.whole + outcome.broken == 12);
    whole += outcome.whole;
    broken += outcome.broken;
  }
  CHECK((whole > 100 || std::getenv("GYRE_SEED") != nullptr));
  CHECK((broken > 100 || std::getenv("GYRE_SEED") != nullptr));
}

TEST_CASE("replay: the same seed gives the same run to the last step, another seed another", "[loop][sim]") {
  std::set<std::uint64_t> fingerprints;
  const auto all = seeds(20);
  for (const std::uint64_t seed : all) {
    INFO("GYRE_SEED=" << seed);
    const Outcome outcome = run(rough_world(seed));
    CHECK(outcome == run(rough_world(seed)));
    fingerprints.insert(outcome.fingerprint);
  }
  CHECK(fingerprints.size() == all.size());
}

TEST_CASE("a scenario goes well or fails, but is never stuck, whichever operation fails", "[loop][sim]") {
  SimOptions options;
  const std::uint64_t operations = run(options).operations;
  CHECK(run(options).whole == 12);
  for (std::uint64_t number = 1; number <= operations; ++number) {
    INFO("operation " << number);
    options.fail_operation.number = number;
    const Outcome outcome = run(options);
    CHECK(outcome.broken <= 1);
  }
  options.fail_operation.number = operations + 1;
  CHECK(run(options).broken == 0);
}
