// One cache, loops on several threads.
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/tls/fetch_cache.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

using namespace gyre;
using namespace std::chrono_literals;

namespace {

constexpr int threads = 4;
constexpr int tasks = 50;
constexpr int rounds = 20;

/// Where the loops wait for each other without being blocked.
class Rendezvous {
 public:
  Task<> arrive() {
    auto start = [this](CompletionCallback<void> done) {
      const std::lock_guard lock{mutex_};
      waiting_.push_back(std::move(done));
      if (waiting_.size() == threads) waiting_.clear();
    };
    const Result<void> met = co_await from_callback<void>(start);
    if (met) std::abort();  // Catch's checks are not for threads
  }

 private:
  std::mutex mutex_;
  std::vector<CompletionCallback<void>> waiting_;
};

struct Tally {
  std::atomic<int> fetches{0};
  std::atomic<int> answers{0};
  std::atomic<int> cancelled{0};
  Rendezvous ready;
  Rendezvous finished;
};

Task<> ask(FetchCache<int> cache, std::string name, Tally* tally) {
  const int value = co_await cache.get(std::move(name));
  if (value == 7) ++tally->answers;
}

/// Half of those who ask do not wait for the answer.
Task<> leave_early(FetchCache<int> cache, std::string name, Tally* tally) {
  auto limited = within(100us, cache.get(std::move(name)));
  const Result<int> value = co_await std::move(limited);
  ++(value ? tally->answers : tally->cancelled);
}

Task<> visit(FetchCache<int> cache, Tally* tally) {
  Context& context = co_await this_context();
  Scope running{context};
  running.spawn(cache.run());
  co_await tally->ready.arrive();
  for (int round = 0; round < rounds; ++round) {
    Scope scope{context};
    for (int i = 0; i < tasks; ++i) {
      scope.spawn(ask(cache, "name " + std::to_string(round), tally));
      scope.spawn(leave_early(cache, "name " + std::to_string(round), tally));
    }
    co_await scope.join();
  }
  co_await tally->finished.arrive();
  running.cancel(CancelReason::shutdown);
  co_await running.join();
}

}  // namespace

TEST_CASE("loops on several threads share one fetch, each wakes on its own", "[net][fetch_cache][threads]") {
  for (const Backend backend : {Backend::uring, Backend::epoll}) {
    DYNAMIC_SECTION(name(backend)) {
      LoopOptions options;
      options.backend = backend;
      if (!loop_test::make_or_warn(options)) continue;
      Tally tally;
      FetchCache<int> cache{[&tally](std::string) -> Task<Fetched<int>> {
        ++tally.fetches;
        co_await sleep_for(1ms);
        co_return Fetched<int>{7};
      }};
      std::vector<std::jthread> running;
      for (int i = 0; i < threads; ++i) {
        running.emplace_back([&] {
          auto loop = std::move(make_loop(options)).value();
          loop->run(visit(cache, &tally));
        });
      }
      running.clear();
      CHECK(tally.fetches == rounds);
      CHECK(tally.answers + tally.cancelled == threads * tasks * 2 * rounds);
      CHECK(tally.answers >= threads * tasks * rounds);
      CHECK(cache.counts().hits + cache.counts().misses == threads * tasks * 2 * rounds);
      CHECK(cache.counts().fetching == 0);
    }
  }
}

namespace {

/// Waits until somebody else waits, too, then leaves, with its loop.
Task<> abandon(FetchCache<int> cache) {
  Context& context = co_await this_context();
  Scope scope{context};
  scope.spawn(cache.run());
  scope.spawn([](FetchCache<int> asked) -> Task<> { (void)co_await asked.get("slow"); }(cache));
  while (cache.counts().misses < 2) co_await sleep_for(1ms);
  scope.cancel(CancelReason::shutdown);
  co_await scope.join();
}

Task<int> go_on(FetchCache<int> cache) {
  Context& context = co_await this_context();
  Scope running{context};
  running.spawn(cache.run());
  while (cache.counts().fetching == 0) co_await sleep_for(1ms);
  const int value = co_await cache.get("slow");
  running.cancel(CancelReason::shutdown);
  co_await running.join();
  co_return value;
}

}  // namespace

TEST_CASE("a loop that leaves with a fetch hands it to the loop that waits for it", "[net][fetch_cache][threads]") {
  LoopOptions options;
  options.backend = Backend::epoll;
  std::atomic<int> fetches{0};
  FetchCache<int> cache{[&fetches](std::string) -> Task<Fetched<int>> {
    if (++fetches == 1) co_await sleep_for(1h);
    co_return Fetched<int>{fetches};
  }};
  int value = 0;
  {
    std::jthread leaves{[&] { std::move(make_loop(options)).value()->run(abandon(cache)); }};
    std::jthread stays{[&] { value = std::move(make_loop(options)).value()->run(go_on(cache)); }};
  }
  CHECK(value == 2);
  CHECK(cache.counts().failures == 0);
  CHECK(cache.counts().values == 1);
}
