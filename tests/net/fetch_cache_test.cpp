#include <gyre/coro/scope.hpp>
#include <gyre/coro/this_scope.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/tls/fetch_cache.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <map>
#include <stdexcept>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_sim_loop;

namespace {

using Cache = FetchCache<std::string>;

/// Where the values come from: each takes 10 ms and tells how many were fetched before it.
struct Origin {
  Duration takes = 10ms;
  Duration lifetime = Duration::max();
  bool broken = false;
  std::map<std::string, int> fetched;
  int cancelled = 0;

  Task<Fetched<std::string>> fetch(std::string name) {
    const int number = ++fetched[name];
    try {
      co_await sleep_for(takes);
    } catch (const Cancelled&) {
      ++cancelled;
      throw;
    }
    if (broken) throw std::runtime_error{"no " + name};
    co_return Fetched<std::string>{name + " " + std::to_string(number), lifetime};
  }
};

Cache cache_of(Origin& origin, const FetchCacheOptions& options = {}) {
  return Cache{[&origin](std::string name) { return origin.fetch(std::move(name)); }, options};
}

/// What a question ended with.
Task<std::string> answer(Cache cache, std::string name) {
  std::string text;
  try {
    text = co_await cache.get(std::move(name));
  } catch (const std::exception& failure) {
    text = failure.what();
  }
  co_return text;
}

Task<> note(Cache cache, std::string name, std::map<std::string, int>* answers) {
  const std::string text = co_await answer(cache, std::move(name));
  ++(*answers)[text];
}

Task<Duration> time_for(Cache cache, std::string name) {
  const TimePoint before = co_await now();
  co_await answer(cache, std::move(name));
  const TimePoint after = co_await now();
  co_return after - before;
}

/// Runs `body(cache)` beside the cache's `run`.
template <class Body>
void run_with(Loop& loop, Cache cache, Body body) {
  loop.run([](Cache shared, Body test) -> Task<> {
    Context& context = co_await this_context();
    Scope running{context};
    running.spawn(shared.run());
    co_await with_scope([](Scope&, Cache given, Body test_body) -> Task<> { co_await test_body(given); }, shared, test);
    running.cancel(CancelReason::shutdown);
    co_await running.join();
  }(std::move(cache), std::move(body)));
}

}  // namespace

TEST_CASE("a thousand questions for one name are one fetch", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    run_with(loop, cache_of(origin), [&origin](Cache cache) -> Task<> {
      Context& context = co_await this_context();
      std::map<std::string, int> answers;
      Scope scope{context};
      for (int i = 0; i < 1000; ++i) scope.spawn(note(cache, "one", &answers));
      scope.spawn(note(cache, "two", &answers));
      co_await scope.join();
      CHECK(answers == std::map<std::string, int>{{"one 1", 1000}, {"two 1", 1}});
      CHECK(origin.fetched == std::map<std::string, int>{{"one", 1}, {"two", 1}});
      CHECK(context.executor().now() == TimePoint{10ms});

      const std::string again = co_await answer(cache, "one");
      CHECK(again == "one 1");
      CHECK(context.executor().now() == TimePoint{10ms});
      const FetchCacheCounts counts = cache.counts();
      CHECK(counts.hits == 1);
      CHECK(counts.misses == 1001);
      CHECK(counts.fetches == 2);
      CHECK(counts.failures == 0);
      CHECK(counts.values == 2);
      CHECK(counts.fetching == 0);
    });
  });
}

TEST_CASE("who waits for a fetch and is cancelled leaves alone and at once", "[net][fetch_cache][cancel]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    run_with(loop, cache_of(origin), [&origin](Cache cache) -> Task<> {
      Context& context = co_await this_context();
      std::map<std::string, int> answers;
      Scope patient{context};
      Scope first{context};
      first.spawn(note(cache, "one", &answers));  // it is the one that begins the fetch
      patient.spawn(note(cache, "one", &answers));
      co_await sleep_for(4ms);
      first.cancel(CancelReason::client_gone);
      co_await first.join();
      CHECK(context.executor().now() == TimePoint{4ms});
      co_await patient.join();
      CHECK(context.executor().now() == TimePoint{10ms});
      CHECK(answers == std::map<std::string, int>{{"one 1", 1}});
      CHECK(origin.cancelled == 0);

      // Nobody waits any more: what has been begun is good for who asks next.
      auto impatient = within(4ms, cache.get("two"));
      const Result<std::string> late = co_await std::move(impatient);
      CHECK((!late && late.error() == Errc::timed_out));
      const Duration waited = co_await time_for(cache, "two");
      CHECK(waited == 6ms);
      CHECK(origin.fetched["two"] == 1);
    });
  });
}

TEST_CASE("a failure is told to all who wait, and kept for a short time", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    origin.broken = true;
    run_with(loop, cache_of(origin, {.failure_lifetime = 3s}), [&origin](Cache cache) -> Task<> {
      Context& context = co_await this_context();
      std::map<std::string, int> answers;
      Scope scope{context};
      for (int i = 0; i < 10; ++i) scope.spawn(note(cache, "one", &answers));
      co_await scope.join();
      CHECK(answers == std::map<std::string, int>{{"no one", 10}});
      co_await sleep_for(3s - 1ns);
      co_await note(cache, "one", &answers);
      CHECK(origin.fetched["one"] == 1);
      origin.broken = false;
      co_await sleep_for(1ns);
      co_await note(cache, "one", &answers);
      CHECK(answers == std::map<std::string, int>{{"no one", 11}, {"one 2", 1}});
      const FetchCacheCounts counts = cache.counts();
      CHECK(counts.failures == 1);
      CHECK(counts.failed == 0);
      CHECK(counts.values == 1);
      CHECK(counts.hits == 1);
    });
  });
}

TEST_CASE("without a lifetime for failures each question is a new fetch", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    origin.broken = true;
    run_with(loop, cache_of(origin, {.failure_lifetime = 0s}), [&origin](Cache cache) -> Task<> {
      for (int i = 0; i < 3; ++i) {
        const std::string text = co_await answer(cache, "one");
        CHECK(text == "no one");
      }
      CHECK(origin.fetched["one"] == 3);
      CHECK(cache.counts().failed == 0);
    });
  });
}

TEST_CASE("a value expires at the earlier of its own end and the cache's", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    const FetchCacheOptions options{.lifetime = 60s, .refresh_ahead = 0s};
    run_with(loop, cache_of(origin, options), [&origin](Cache cache) -> Task<> {
      for (const Duration own : {Duration{Duration::max()}, Duration{20s}}) {
        origin.lifetime = own;
        const std::string name = own == 20s ? "short" : "long";
        co_await answer(cache, name);
        co_await sleep_for(std::min(own, Duration{60s}) - 1ns);
        const Duration hit = co_await time_for(cache, name);
        CHECK(hit == 0ms);
        co_await sleep_for(1ns);
        const Duration miss = co_await time_for(cache, name);
        CHECK(miss == 10ms);
        CHECK(origin.fetched[name] == 2);
      }
      origin.lifetime = 0s;
      for (int i = 1; i <= 2; ++i) {
        const std::string text = co_await answer(cache, "none");
        CHECK(text == "none " + std::to_string(i));
      }
      CHECK(cache.counts().values == 2);
    });
  });
}

TEST_CASE("near its end a value is fetched anew while it is still the answer", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    const FetchCacheOptions options{.lifetime = 60s, .failure_lifetime = 2s, .refresh_ahead = 10s};
    run_with(loop, cache_of(origin, options), [&origin](Cache cache) -> Task<> {
      co_await answer(cache, "one");  // until 60.010 s
      co_await sleep_for(50s - 1ns);
      co_await answer(cache, "one");
      CHECK(origin.fetched["one"] == 1);
      co_await sleep_for(1ns);
      origin.broken = true;
      for (int i = 0; i < 100; ++i) {
        const Duration waited = co_await time_for(cache, "one");
        CHECK(waited == 0ms);
      }
      CHECK(cache.counts().fetching == 1);
      co_await sleep_for(20ms);  // it fails: the value stays, and the next attempt has time
      co_await answer(cache, "one");
      CHECK(origin.fetched["one"] == 2);
      co_await sleep_for(2s);
      origin.broken = false;
      std::string text = co_await answer(cache, "one");
      CHECK(text == "one 1");
      co_await sleep_for(11ms);
      text = co_await answer(cache, "one");
      CHECK(text == "one 3");
      CHECK(cache.counts().misses == 1);
      CHECK(cache.counts().failures == 1);

      // One that nobody asks for is not fetched: it expires.
      co_await sleep_for(60s);
      const Duration waited = co_await time_for(cache, "one");
      CHECK(waited == 10ms);
      CHECK(origin.fetched["one"] == 4);
    });
  });
}

TEST_CASE("a value that expires while it is fetched anew is waited for", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    run_with(loop, cache_of(origin, {.lifetime = 60s}), [&origin](Cache cache) -> Task<> {
      co_await answer(cache, "one");
      co_await sleep_for(59s);
      origin.takes = 2s;
      std::string text = co_await answer(cache, "one");
      CHECK(text == "one 1");
      co_await sleep_for(1s);
      const Duration waited = co_await time_for(cache, "one");
      CHECK(waited == 1s);
      text = co_await answer(cache, "one");
      CHECK(text == "one 2");
    });
  });
}

TEST_CASE("names that are made up take no place from those that matter", "[net][fetch_cache][limits]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    const FetchCacheOptions options{.values_max = 3, .failures_max = 2, .failure_lifetime = 1h};
    run_with(loop, cache_of(origin, options), [&origin](Cache cache) -> Task<> {
      for (const char* name : {"a", "b", "c"}) co_await answer(cache, name);
      co_await answer(cache, "a");
      origin.broken = true;
      for (int i = 0; i < 100; ++i) co_await answer(cache, "x" + std::to_string(i));
      FetchCacheCounts counts = cache.counts();
      CHECK(counts.values == 3);
      CHECK(counts.failed == 2);
      CHECK(counts.evicted == 98);
      origin.broken = false;
      co_await answer(cache, "d");  // instead of b, the longest unused
      counts = cache.counts();
      CHECK(counts.values == 3);
      CHECK(counts.evicted == 99);
      for (const char* name : {"a", "c", "d"}) co_await answer(cache, name);
      CHECK(cache.counts().fetches == counts.fetches);
      co_await answer(cache, "b");
      CHECK(origin.fetched["b"] == 2);
    });
  });
}

TEST_CASE("fetches under way are bounded, and each has a limited time", "[net][fetch_cache][limits]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    origin.takes = 1h;
    const FetchCacheOptions options{.fetches_max = 2, .fetch_time = 8s};
    run_with(loop, cache_of(origin, options), [&origin](Cache cache) -> Task<> {
      Context& context = co_await this_context();
      std::map<std::string, int> answers;
      Scope scope{context};
      for (const char* name : {"a", "b", "c", "a"}) scope.spawn(note(cache, name, &answers));
      co_await scope.join();
      CHECK(answers == std::map<std::string, int>{{"limit_exceeded", 1}, {"timed_out", 3}});
      CHECK(context.executor().now() == TimePoint{8s});
      const FetchCacheCounts counts = cache.counts();
      CHECK(counts.refused == 1);
      CHECK(counts.failures == 2);
      CHECK(counts.failed == 2);
      CHECK(origin.cancelled == 2);
    });
  });
}

TEST_CASE("what was forgotten is fetched anew, and not kept if it was under way", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    run_with(loop, cache_of(origin), [](Cache cache) -> Task<> {
      Context& context = co_await this_context();
      for (const char* name : {"a", "b"}) co_await answer(cache, name);
      cache.forget("a");
      cache.forget("never asked for");
      CHECK(cache.counts().values == 1);
      std::string text = co_await answer(cache, "a");
      CHECK(text == "a 2");
      cache.forget_all();
      CHECK(cache.counts().values == 0);

      std::map<std::string, int> answers;
      Scope scope{context};
      scope.spawn(note(cache, "a", &answers));
      co_await sleep_for(1ms);
      cache.forget_all();
      co_await scope.join();
      CHECK(answers == std::map<std::string, int>{{"a 3", 1}});
      CHECK(cache.counts().values == 0);
      text = co_await answer(cache, "a");
      CHECK(text == "a 4");
    });
  });
}

TEST_CASE("without a loop that runs the fetches there is no answer but what is known", "[net][fetch_cache]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    Cache cache = cache_of(origin);
    run_with(loop, cache, [](Cache shared) -> Task<> { co_await answer(shared, "known"); });
    loop.run([](Cache shared) -> Task<> {
      std::string text = co_await answer(shared, "known");
      CHECK(text == "known 1");
      text = co_await answer(shared, "unknown");
      CHECK(text == "closed");
    }(cache));
    CHECK(origin.fetched.size() == 1);
  });
}

TEST_CASE("the end of the run cancels its fetches; who waits goes on with another one", "[net][fetch_cache][cancel]") {
  for_each_sim_loop([](Loop& loop) {
    Origin origin;
    loop.run([](Cache cache, Origin* from) -> Task<> {
      Context& context = co_await this_context();
      std::map<std::string, int> answers;
      Scope first{context};
      Scope second{context};
      Scope asking{context};
      first.spawn(cache.run());
      second.spawn(cache.run());
      for (int i = 0; i < 3; ++i) asking.spawn(note(cache, "one", &answers));
      co_await sleep_for(4ms);
      first.cancel(CancelReason::shutdown);
      co_await first.join();
      CHECK(from->cancelled == 1);
      co_await asking.join();
      CHECK(context.executor().now() == TimePoint{14ms});
      CHECK(answers == std::map<std::string, int>{{"one 2", 3}});

      asking.spawn(note(cache, "two", &answers));
      co_await sleep_for(4ms);
      second.cancel(CancelReason::shutdown);
      co_await second.join();
      co_await asking.join();
      CHECK(answers["closed"] == 1);
      CHECK(cache.counts().failures == 0);
      CHECK(cache.counts().fetching == 0);
    }(cache_of(origin), &origin));
  });
}
