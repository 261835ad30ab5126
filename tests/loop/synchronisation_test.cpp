// Channel, Semaphore and Mutex under random schedules: who holds what when somebody is cancelled.

#include <gyre/coro/channel.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/semaphore.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <map>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_sim_loop;

namespace {

Duration a_while(Loop& loop, int most) { return static_cast<int>(loop.random() % static_cast<unsigned>(most)) * 1ms; }

/// What happened to each value, by its number.
struct Ledger {
  std::map<int, int> received;
  std::map<int, bool> sent;
};

Task<> produce(Loop* loop, Channel<int>* channel, Ledger* ledger, int first) {
  for (int value = first; value < first + 20; ++value) {
    ledger->sent[value] = false;
    const Result<Result<void>> sent = co_await within(a_while(*loop, 6), channel->send(value));
    if (sent && *sent) ledger->sent[value] = true;
    co_await sleep_for(a_while(*loop, 3));
  }
}

Task<> consume(Loop* loop, Channel<int>* channel, Ledger* ledger) {
  for (;;) {
    const Result<std::optional<int>> got = co_await within(a_while(*loop, 6), channel->receive());
    if (got && !*got) co_return;
    if (got) ++ledger->received[**got];
    co_await sleep_for(a_while(*loop, 3));
  }
}

}  // namespace

TEST_CASE("what was sent is received exactly once, whoever gives up waiting", "[loop][channel][random]") {
  for_each_sim_loop([](Loop& loop) {
    for (int round = 0; round < 20; ++round) {
      Ledger ledger;
      loop.run([](Loop* on, Ledger* book) -> Task<> {
        Channel<int> channel{1 + on->random() % 3};
        Scope consumers{co_await this_context()};
        Scope producers{consumers.context()};
        for (int index = 0; index < 3; ++index) consumers.spawn(consume(on, &channel, book));
        for (int index = 0; index < 3; ++index) producers.spawn(produce(on, &channel, book, index * 100));
        co_await producers.join();
        channel.close();
        co_await consumers.join();
        CHECK(channel.size() == 0);
      }(&loop, &ledger));
      for (const auto& [value, sent] : ledger.sent) {
        const auto received = ledger.received.find(value);
        const int times = received == ledger.received.end() ? 0 : received->second;
        if (times != (sent ? 1 : 0)) FAIL("value " << value << ": sent " << sent << ", received " << times);
      }
      CHECK(ledger.sent.size() == 60);
    }
  });
}

TEST_CASE("a semaphore counts right and a mutex excludes, whoever gives up waiting", "[loop][semaphore][random]") {
  for_each_sim_loop([](Loop& loop) {
    loop.run([](Loop* on) -> Task<> {
      Semaphore semaphore{2};
      Mutex mutex;
      auto hold = [on](Semaphore* shared, Mutex* exclusive, int* counts) -> Task<> {
        for (int round = 0; round < 20; ++round) {
          const Result<Semaphore::Permit> permit = co_await within(a_while(*on, 8), shared->acquire());
          ++counts[permit ? 2 : 3];
          if (permit) CHECK(++counts[0] <= 2);
          {
            const Result<Mutex::Lock> lock = co_await within(a_while(*on, 8), exclusive->lock());
            if (lock) CHECK(++counts[1] == 1);
            co_await sleep_for(a_while(*on, 4));
            if (lock) --counts[1];
          }
          if (permit) --counts[0];
        }
      };
      int counts[4] = {};  // holding a permit, holding the lock, permits granted, refused
      Scope scope{co_await this_context()};
      for (int index = 0; index < 6; ++index) scope.spawn(hold, &semaphore, &mutex, &counts[0]);
      co_await scope.join();
      CHECK(counts[0] == 0);
      CHECK(counts[2] > 0);
      CHECK(counts[3] > 0);
      CHECK(semaphore.available() == 2);
      CHECK_FALSE(mutex.locked());
    }(&loop));
  });
}

TEST_CASE("within and a permit at the very instant: one of the two, and nothing is lost", "[loop][semaphore][cancel]") {
  for_each_sim_loop([](Loop& loop) {
    for (const bool release_first : {false, true}) {
      loop.run([](bool first) -> Task<> {
        Semaphore semaphore{1};
        // Gives its permit back inside the timers' turn, where the deadline fires too: before it or after it.
        struct Release : Timer {
          explicit Release(Semaphore::Permit& to_release) : Timer(&Release::fire), permit(&to_release) {}
          static void fire(Timer& timer) noexcept { static_cast<Release&>(timer).permit->release(); }
          Semaphore::Permit* permit;
        };
        Context& context = co_await this_context();
        Loop& on = Loop::of(context);
        Semaphore::Permit held = co_await semaphore.acquire();
        Release release{held};
        auto wait = [](Semaphore* shared, bool* got) -> Task<> {
          const Result<Semaphore::Permit> permit = co_await within(5ms, shared->acquire());
          *got = permit.has_value();
        };
        bool got = false;
        Scope scope{context};
        if (first) on.arm(release, on.now() + 5ms);
        scope.spawn(wait(&semaphore, &got));
        if (!first) on.arm(release, on.now() + 5ms);
        co_await scope.join();
        CHECK(got == first);
        co_await sleep_for(1ms);
        CHECK(semaphore.available() == 1);
      }(release_first));
    }
  });
}
