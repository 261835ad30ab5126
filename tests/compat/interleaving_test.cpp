#include "compat_support.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

/// What becomes of the reply.
enum class Act { answer, fail, drop, never };

constexpr Duration never = Duration::max();
constexpr Duration drain = 500ms;

/// When what happens, from the request on. The act at 0 is inside the handler's call.
struct Plan {
  Act act;
  Duration acted;
  Duration left;     ///< The client leaves.
  Duration expired;  ///< The handler's time is over.
  Duration stopped;  ///< The app is asked to stop; what it has not done `drain` later is cancelled.
};

/// What came of one request.
struct Outcome {
  Status status{0};  ///< That the client got, if it has not left.
  std::vector<CancelReason> heard;
  CallbackCounts counts;
};

std::string describe(const Plan& plan) {
  const auto at = [](Duration when) {
    return when == never ? "never" : std::to_string(when.count() / 1'000'000) + " ms";
  };
  constexpr std::array acts{"answer", "fail", "drop", "never"};
  return std::string{acts[static_cast<std::size_t>(plan.act)]} + " at " + at(plan.acted) + ", client leaves at " +
         at(plan.left) + ", deadline at " + at(plan.expired) + ", stop at " + at(plan.stopped);
}

void act_on(Act act, std::optional<Reply>& reply) {
  if (act == Act::answer) (*reply)("answer");
  if (act == Act::fail) reply->fail(std::make_exception_ptr(HttpError{Status::conflict}));
  if (act == Act::drop) reply.reset();
}

Outcome play(const Plan& plan, Protocol protocol, std::uint64_t seed) {
  Outcome outcome;
  std::optional<Reply> kept;
  bool in_call = false;
  App app;
  app.on_log([](const LogRecord&) {});
  app.get("/", callback_handler([&](const Request&, Reply reply) {
            in_call = true;
            reply.on_cancel([&](CancelReason reason) {
              CHECK_FALSE(in_call);
              outcome.heard.push_back(reason);
            });
            kept = std::move(reply);
            if (plan.acted == Duration::zero()) act_on(plan.act, kept);
            in_call = false;
          }),
          {.handler = plan.expired == never ? 1h : plan.expired, .deadline_status = Status::gateway_timeout});
  Options options;
  options.protocol = protocol;
  options.drain = drain;
  options.sim.seed = seed;
  options.sim.split_chunks = true;
  const auto body = [&](Client& client) -> Task<> {
    const auto ask = [&]() -> Task<> {
      try {
        const Result<Answer> answer = co_await within(plan.left, client.get("/"));
        if (answer) outcome.status = answer->status();
      } catch (const WrongAnswer&) {
        outcome.status = Status::bad_gateway;  // cut
      }
    };
    const auto act = [&]() -> Task<> {
      if (plan.acted == Duration::zero() || plan.acted == never) co_return;
      co_await sleep_for(plan.acted);
      if (kept) act_on(plan.act, kept);
    };
    const auto stop = [&]() -> Task<> {
      if (plan.stopped == never) co_return;
      co_await sleep_for(plan.stopped);
      app.stop();
    };
    co_await when_all(ask(), act(), stop());
    co_await sleep_for(10s);
    outcome.counts = counts_of(app, "/");
    if (kept) CHECK_FALSE(kept->alive());
    kept.reset();
  };
  gyre::testing::run(app, body, options);
  return outcome;
}

/// The event that comes first, if that is one of the plan's at this instant.
struct Expected {
  std::string counts;
  Status status;
  CancelReason heard;
};

/// All outcomes that the order allows: one, unless the first events are at one instant.
std::vector<Expected> expected_of(const Plan& plan) {
  const Duration shut = plan.stopped == never ? never : plan.stopped + drain;
  const Duration acted = plan.act == Act::never ? never : plan.acted;
  const Duration first = std::min({acted, plan.left, plan.expired, shut});
  std::vector<Expected> list;
  if (acted == first) {
    if (plan.act == Act::drop) {
      list.push_back({"requests 1, dropped 1", Status::internal_server_error, CancelReason::none});
    } else {
      const char* const counts = acted == Duration::zero() ? "requests 1, in_call 1" : "requests 1, later 1";
      list.push_back({counts, plan.act == Act::fail ? Status::conflict : Status::ok, CancelReason::none});
    }
  }
  const bool late = (plan.act == Act::answer || plan.act == Act::fail) && acted != never;
  const std::string cancelled = late ? "requests 1, late 1, cancelled 1" : "requests 1, cancelled 1";
  if (plan.left == first) list.push_back({cancelled, Status{0}, CancelReason::client_gone});
  if (plan.expired == first) list.push_back({cancelled, Status::gateway_timeout, CancelReason::deadline});
  if (shut == first) list.push_back({cancelled, Status::service_unavailable, CancelReason::shutdown});
  // A handler whose time is over in the instant of the stop has its answer, and its connection is closed.
  if (plan.expired == first && shut == first) {
    list.push_back({cancelled, Status::gateway_timeout, CancelReason::shutdown});
    list.push_back({cancelled, Status::bad_gateway, CancelReason::deadline});
  }
  // The client may leave in the very instant in which there is something for it.
  const std::size_t sure = list.size();
  for (std::size_t i = 0; i < sure && plan.left == first; ++i)
    list.push_back({list[i].counts, Status{0}, list[i].heard});
  return list;
}

bool matches(const Outcome& outcome, const Expected& expected) {
  const bool heard = expected.heard == CancelReason::none ? outcome.heard.empty()
                                                          : outcome.heard == std::vector<CancelReason>{expected.heard};
  return heard && outcome.status == expected.status && text_of(outcome.counts) == expected.counts;
}

void check(const Plan& plan, Protocol protocol, std::uint64_t seed) {
  const Outcome outcome = play(plan, protocol, seed);
  const std::vector<Expected> list = expected_of(plan);
  const bool fits =
      std::any_of(list.begin(), list.end(), [&](const Expected& expected) { return matches(outcome, expected); });
  if (fits) return;
  std::string text = describe(plan) + ": seed " + std::to_string(seed) + ", got " +
                     std::to_string(code(outcome.status)) + ", " + text_of(outcome.counts);
  for (const CancelReason reason : outcome.heard) text += std::string{", heard "} + std::string{name(reason)};
  FAIL_CHECK(text);
}

}  // namespace

TEST_CASE("contract 1 to 4, 13: every order of an answer, a client that leaves, a deadline and a stop", "[compat]") {
  const Duration when[] = {1s, 2s, 3s, never};
  const Duration stops[] = {1s - drain, 2s - drain, 3s - drain, never};
  for (const Protocol protocol : {Protocol::http_1_1, Protocol::http_2}) {
    std::uint64_t seed = 0;
    std::size_t plans = 0;
    const auto check_all = [&](Act act, Duration acted) {
      for (const Duration left : when) {
        for (const Duration expired : when) {
          for (const Duration stopped : stops) {
            const Plan plan{act, acted, left, expired, stopped};
            const bool ends = act != Act::never || left != never || expired != never || stopped != never;
            if (!ends) continue;
            ++plans;
            for (int i = 0; i < 3; ++i) check(plan, protocol, ++seed);
          }
        }
      }
    };
    for (const Act act : {Act::answer, Act::fail, Act::drop}) {
      for (const Duration acted : {Duration{0s}, Duration{1s}, Duration{2s}, Duration{3s}}) check_all(act, acted);
    }
    check_all(Act::never, never);
    CHECK(plans == 13 * 64 - 1);
  }
}
