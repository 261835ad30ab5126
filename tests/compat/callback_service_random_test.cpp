#include "service_support.hpp"

#include <each_loop.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace gyre;
using namespace std::chrono_literals;
using service_test::Seen;

namespace {

constexpr int asks = 60;

Duration random_time(Loop& loop) { return Duration{static_cast<Duration::rep>(loop.random() % 2'000'000'000)}; }

/// Counts those that are at work.
struct AtWork {
  explicit AtWork(int& number) noexcept : count(&number) { ++number; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() { --*count; }
  int* count;
};

void add_routes(App& app, Loop& loop, int& at_work) {
  const auto wait = [&](Request&) -> Task<std::string> {
    const AtWork here{at_work};
    co_await sleep_for(random_time(loop));
    if (loop.random() % 8 == 0) throw std::runtime_error{"by chance"};
    co_return "waited";
  };
  app.get("/plain", [] { return "plain"; });
  app.get("/wait", wait);
  app.get("/finish", wait, {.on_disconnect = OnDisconnect::finish});
  app.get("/stubborn", [&](Request&) -> Task<std::string> {
    const AtWork here{at_work};
    (void)co_await shield(10s, sleep_for(random_time(loop)));
    co_return "stubborn";
  });
  app.get("/stream", [&] {
    return Response::stream([&](BodyWriter& out) -> Task<> {
      const AtWork here{at_work};
      for (int piece = 0; piece < 5; ++piece) {
        co_await out.write("piece ");
        co_await sleep_for(random_time(loop));
        if (loop.random() % 16 == 0) throw std::runtime_error{"by chance"};
      }
    });
  });
}

Task<> ask_at_random(CallbackService& service, Loop& loop, std::vector<std::unique_ptr<Seen>>& seen, int number) {
  constexpr const char* targets[] = {"/plain", "/wait", "/finish", "/stubborn", "/stream", "/nothing", "bad target"};
  co_await sleep_for(random_time(loop));
  Seen& mine = *seen[static_cast<std::size_t>(number)];
  AskCallbacks callbacks = mine.callbacks(loop);
  if (loop.random() % 2 == 0) callbacks.on_piece = {};
  AskHandle handle;
  try {
    handle = service.ask({.target = targets[loop.random() % std::size(targets)]}, std::move(callbacks));
  } catch (const Failure&) {
    mine.answers = -1;  // the service was over
    co_return;
  }
  if (loop.random() % 2 == 0) co_return;
  co_await sleep_for(random_time(loop));
  handle.cancel();
}

Task<> live(CallbackService& service, Loop& loop, std::vector<std::unique_ptr<Seen>>& seen) {
  Context& context = co_await this_context();
  Scope scope{context};
  scope.spawn(service.serve());
  for (int number = 0; number < asks; ++number) scope.spawn(ask_at_random(service, loop, seen, number));
  co_await sleep_for(2 * random_time(loop));
  service.stop();
  co_await scope.join();
}

}  // namespace

TEST_CASE("whatever comes together, each request is answered once and nothing is left", "[compat][service][random]") {
  for (const std::uint64_t seed : loop_test::seeds(150)) {
    INFO("GYRE_SEED=" << seed);
    SimLoop loop{{.seed = seed}};
    App app;
    app.on_error([](const ErrorReport&) {});
    int at_work = 0;
    add_routes(app, loop, at_work);
    CallbackServiceOptions options;
    options.requests = 40;
    options.drain = 500ms;
    options.limits.handler = 1500ms;
    std::vector<std::unique_ptr<Seen>> seen;
    for (int number = 0; number < asks; ++number) seen.push_back(std::make_unique<Seen>());
    {
      CallbackService service{loop, app, options};
      loop.run(live(service, loop, seen));
      CHECK(at_work == 0);
    }
    for (const auto& each : seen) {
      CHECK((each->answers == 1 || each->answers == -1));
      CHECK((each->answers == -1 || each->heads == 0 || !each->answer.complete || each->answer.body.empty() ||
             each->pieces.empty()));
    }
    CHECK_FALSE(loop.has_timers());
    CHECK(loop.armed() == 0);
  }
}
