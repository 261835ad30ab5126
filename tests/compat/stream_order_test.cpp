#include "compat_support.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

/// What becomes of the stream.
enum class Act { end, fail, let_go };

constexpr Duration never = Duration::max();
constexpr Duration drain = 500ms;

/// When what happens, from the request on. A piece is offered each half a second until then.
struct Plan {
  Act act;
  Duration acted;
  Duration left;     ///< The client leaves.
  Duration stopped;  ///< The app is asked to stop; what it has not sent `drain` later is cancelled.
};

enum class Seen { nothing, whole, cut };

struct Outcome {
  Seen seen = Seen::nothing;
  std::vector<CancelReason> heard;
  std::size_t offered = 0;
  std::size_t received = 0;
};

Outcome play(const Plan& plan, Protocol protocol, std::uint64_t seed) {
  Outcome outcome;
  std::optional<ReplyStream> out;
  App app;
  app.on_log([](const LogRecord&) {});
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            out = reply.stream({});
            out->on_cancel([&](CancelReason reason) { outcome.heard.push_back(reason); });
          }));
  Options options;
  options.protocol = protocol;
  options.drain = drain;
  options.sim.seed = seed;
  options.sim.split_chunks = true;
  const auto body = [&](Client& client) -> Task<> {
    const auto ask = [&]() -> Task<> {
      try {
        const Result<Answer> answer = co_await within(plan.left, client.get("/"));
        if (answer) {
          outcome.seen = Seen::whole;
          outcome.received = answer->body().size();
        }
      } catch (const WrongAnswer&) {
        outcome.seen = Seen::cut;
      }
    };
    const auto push = [&]() -> Task<> {
      const TimePoint start = client.loop().now();
      while (client.loop().now() + 500ms < start + plan.acted) {
        co_await sleep_for(500ms);
        outcome.offered += out->offer("piece") ? 5 : 0;
      }
      co_await sleep_for(500ms);
      if (plan.act == Act::end) out->end();
      if (plan.act == Act::fail) out->fail(std::make_exception_ptr(std::runtime_error{"no more rows"}));
      CHECK_FALSE((plan.act != Act::let_go && out->alive()));
      out.reset();
    };
    const auto stop = [&]() -> Task<> {
      if (plan.stopped == never) co_return;
      co_await sleep_for(plan.stopped);
      app.stop();
    };
    co_await when_all(ask(), push(), stop());
    co_await sleep_for(10s);
  };
  gyre::testing::run(app, body, options);
  return outcome;
}

void check(const Plan& plan, Protocol protocol, std::uint64_t seed) {
  const Outcome outcome = play(plan, protocol, seed);
  const Duration shut = plan.stopped == never ? never : plan.stopped + drain;
  const Duration first = std::min({plan.acted, plan.left, shut});
  const auto is = [&](Seen seen, std::vector<CancelReason> heard) {
    return outcome.seen == seen && outcome.heard == heard;
  };
  bool fits = false;
  if (plan.acted == first) fits = fits || is(plan.act == Act::end ? Seen::whole : Seen::cut, {});
  if (plan.left == first) fits = fits || is(Seen::nothing, {CancelReason::client_gone});
  if (plan.left == first && plan.acted == first) fits = fits || is(Seen::nothing, {});
  if (shut == first) fits = fits || is(Seen::cut, {CancelReason::shutdown});
  if (shut == first && plan.left == first) fits = fits || is(Seen::nothing, {CancelReason::shutdown});
  if (outcome.seen == Seen::whole) fits = fits && outcome.received == outcome.offered;
  if (fits) return;
  std::string text = "act " + std::to_string(static_cast<int>(plan.act)) + " at " + std::to_string(plan.acted / 1ms) +
                     ", leaves at " + std::to_string(plan.left / 1ms) + ", stop at " +
                     std::to_string(plan.stopped / 1ms) + ", seed " + std::to_string(seed) + ": seen " +
                     std::to_string(static_cast<int>(outcome.seen)) + ", received " + std::to_string(outcome.received) +
                     " of " + std::to_string(outcome.offered);
  for (const CancelReason reason : outcome.heard) text += std::string{", heard "} + std::string{name(reason)};
  FAIL_CHECK(text);
}

}  // namespace

TEST_CASE("contract 10: every order of a stream's end, a client that leaves and a stop", "[compat]") {
  for (const Protocol protocol : {Protocol::http_1_1, Protocol::http_2}) {
    std::uint64_t seed = 0;
    for (const Act act : {Act::end, Act::fail, Act::let_go}) {
      for (const Duration acted : {1s, 2s, 3s}) {
        for (const Duration left : {Duration{1s}, Duration{2s}, Duration{3s}, never}) {
          for (const Duration stopped : {1s - drain, 2s - drain, 3s - drain, never}) {
            for (int i = 0; i < 3; ++i) check({act, acted, left, stopped}, protocol, ++seed);
          }
        }
      }
    }
  }
}
