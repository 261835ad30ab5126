#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace loop_test;
using gyre::Loop;

namespace {

/// A piece of work that does what the test says.
struct Job : gyre::Work {
  explicit Job(std::function<void(Job&)> to_do) : Work(&Job::start), body(std::move(to_do)) {}
  static void start(Work& self) noexcept {
    auto& job = static_cast<Job&>(self);
    job.body(job);
  }
  std::function<void(Job&)> body;
};

struct Hook : gyre::FlushHook {
  explicit Hook(std::function<void()> to_do) : FlushHook(&Hook::start), body(std::move(to_do)) {}
  static void start(FlushHook& self) noexcept { static_cast<Hook&>(self).body(); }
  std::function<void()> body;
};

gyre::Task<int> throws_after_a_turn() {
  co_await gyre::sleep_for(0ns);
  throw std::runtime_error{"thrown"};
}

gyre::Task<int> gives(int value) { co_return value; }

}  // namespace

TEST_CASE("run gives back what the task gives, and rethrows what it throws", "[loop][work]") {
  for_each_loop([](Loop& loop) {
    CHECK(loop.run(gives(42)) == 42);
    CHECK_THROWS_AS(loop.run(throws_after_a_turn()), std::runtime_error);
    CHECK(loop.run(gives(43)) == 43);
  });
}

TEST_CASE("scheduled work runs in order, and not inside schedule", "[loop][work]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    std::string order;
    Job third{[&](Job&) { order += 'c', pump.poke(); }};
    Job first{[&](Job&) {
      loop.schedule(third);
      order += 'a';
    }};
    Job second{[&](Job&) { order += 'b'; }};
    loop.schedule(first);
    loop.schedule(second);
    CHECK(order.empty());
    CHECK(pump.until([&] { return order.size() == 3; }));
    CHECK(order == "abc");
  });
}

TEST_CASE("posted work runs in order, once, also from other threads", "[loop][work]") {
  for_each_real_loop([](Loop& loop) {
    constexpr int per_thread = 2000;
    constexpr int threads = 3;
    Pump pump{loop};
    std::vector<int> last(threads, -1);
    bool in_order = true;
    int ran = 0;
    struct Posted : gyre::Work {
      Posted() : Work(&Posted::start) {}
      static void start(Work& self) noexcept { static_cast<Posted&>(self).body(static_cast<Posted&>(self)); }
      std::function<void(Posted&)> body;
      int thread = 0;
      int number = 0;
    };
    std::vector<std::unique_ptr<Posted>> all;
    for (int index = 0; index < per_thread * threads; ++index) {
      all.push_back(std::make_unique<Posted>());
      all.back()->thread = index / per_thread;
      all.back()->number = index % per_thread;
      all.back()->body = [&](Posted& posted) {
        in_order = in_order && last[static_cast<std::size_t>(posted.thread)] == posted.number - 1;
        last[static_cast<std::size_t>(posted.thread)] = posted.number;
        if (++ran == per_thread * threads) pump.poke();
      };
    }
    std::vector<std::thread> posters;
    for (int thread = 0; thread < threads; ++thread) {
      posters.emplace_back([&, thread] {
        for (int number = 0; number < per_thread; ++number) {
          loop.post(*all[static_cast<std::size_t>(thread * per_thread + number)]);
        }
      });
    }
    CHECK(pump.until([&] { return ran == per_thread * threads; }));
    for (auto& poster : posters) poster.join();
    CHECK(in_order);
  });
}

TEST_CASE("a post wakes a loop that waits for nothing else", "[loop][work]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    int rounds = 0;
    std::atomic<int> allowed{0};
    Job job{[&](Job&) {
      ++rounds;
      pump.poke();
    }};
    // One post at a time, each while the loop waits or is about to: the hand-over must not be lost in between.
    std::thread poster{[&] {
      for (int round = 0; round < 500; ++round) {
        allowed.wait(round);
        loop.post(job);
      }
    }};
    for (int round = 0; round < 500; ++round) {
      allowed = round + 1;
      allowed.notify_one();
      if (!pump.until([&] { return rounds == round + 1; })) break;
    }
    CHECK(rounds == 500);
    poster.join();
  });
}

TEST_CASE("posts on the loop's own thread arrive too", "[loop][work]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    std::string order;
    Job second{[&](Job&) { order += 'b', pump.poke(); }};
    Job first{[&](Job&) {
      order += 'a';
      loop.post(second);
    }};
    loop.post(first);
    CHECK(pump.until([&] { return order.size() == 2; }));
    CHECK(order == "ab");
  });
}

TEST_CASE("flush hooks run once per turn, after the work of that turn, in the order of asking", "[loop][work]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    std::string order;
    Hook again{[&] {
      order += '3';
      pump.poke();
    }};
    Hook first{[&] {
      order += '1';
      if (order.find('3') == std::string::npos) loop.flush_later(again);
    }};
    Hook second{[&] { order += '2'; }};
    Job job{[&](Job&) {
      loop.flush_later(first);
      loop.flush_later(second);
      loop.flush_later(first);
      order += 'w';
    }};
    loop.schedule(job);
    CHECK(pump.until([&] { return order.size() >= 4; }));
    CHECK(order == "w123");
  });
}

TEST_CASE("work that never ends keeps neither timers nor I/O waiting", "[loop][work]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    bool stop = false;
    Job forever{[&](Job& self) {
      if (!stop) loop.schedule(self);
    }};
    loop.schedule(forever);
    Receive receive{pump, both.server};
    receive.submit();
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(pump.until([&] { return receive.count() == 1 && !send.armed(); }));
    if (loop.backend() != gyre::Backend::sim) {
      pump.settle();  // a timer
    }
    stop = true;
    receive.cancel();
    CHECK(receive.finish());
    pump.turns(2);
  });
}

TEST_CASE("a stream that never runs dry keeps neither other streams nor work waiting", "[loop][work]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection busy{pump};
    Connection quiet{pump};
    const std::string block = pattern(512 * 1024);
    Send flood{pump, busy.client, block};
    bool stop = false;
    flood.on = [&](const gyre::Completion&) {
      if (!stop) flood.submit();
    };
    Receive busy_in{pump, busy.server};
    std::size_t taken = 0;
    busy_in.on = [&](const gyre::Completion& completion) {
      taken += completion.data.size();
      busy_in.seen.clear();
    };
    busy_in.submit();
    flood.submit();
    CHECK(pump.until([&] { return taken > 4 * block.size(); }));
    Receive quiet_in{pump, quiet.server};
    quiet_in.submit();
    Send send{pump, quiet.client, "hello"};
    send.submit();
    CHECK(pump.until([&] { return quiet_in.data() == "hello" && !send.armed(); }));
    stop = true;
    CHECK(pump.until([&] { return !flood.armed(); }));
    pump.settle();
    busy_in.cancel();
    quiet_in.cancel();
    CHECK(pump.until([&] { return !busy_in.armed() && !quiet_in.armed(); }));
  });
}

TEST_CASE("a task that waits for nothing is a deadlock in simulation", "[loop][work][sim]") {
  for_each_sim_loop([](Loop& loop) {
    bool cancelled = false;
    const auto stuck = [](bool* was_cancelled) -> gyre::Task<> {
      gyre::Event never;
      try {
        co_await never.wait();
      } catch (const gyre::Cancelled&) {
        *was_cancelled = true;
        throw;
      }
    };
    CHECK_THROWS_AS(loop.run(stuck(&cancelled)), gyre::Deadlock);
    CHECK(cancelled);
    CHECK(loop.run(gives(7)) == 7);
  });
}

TEST_CASE("an armed operation that nothing can end is a deadlock as well", "[loop][work][sim]") {
  for_each_sim_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive receive{pump, both.server};
    receive.submit();
    CHECK_FALSE(pump.until([&] { return receive.count() > 0; }));
    receive.cancel();
    CHECK(receive.finish());
  });
}

TEST_CASE("a loop's random numbers do not repeat", "[loop][work]") {
  for_each_loop([](Loop& loop) {
    const auto first = loop.random();
    CHECK(loop.random() != first);
  });
}

TEST_CASE("two loops on two threads do not meet", "[loop][work]") {
  for (const gyre::Backend backend : {gyre::Backend::uring, gyre::Backend::epoll}) {
    DYNAMIC_SECTION(name(backend)) {
      std::atomic<int> done{0};
      std::atomic<bool> missing{false};
      std::vector<std::thread> threads;
      for (int index = 0; index < 2; ++index) {
        threads.emplace_back([&] {
          gyre::LoopOptions options;
          options.backend = backend;
          auto loop = gyre::make_loop(options);
          if (!loop) {
            missing = true;
            return;
          }
          Pump pump{**loop};
          for (int round = 0; round < 20; ++round) {
            Connection both{pump};
            Receive receive{pump, both.server};
            receive.submit();
            Send send{pump, both.client, "ping"};
            send.submit();
            if (!pump.until([&] { return receive.data() == "ping" && !send.armed(); })) return;
            receive.cancel();
            if (!receive.finish()) return;
          }
          ++done;
        });
      }
      for (auto& thread : threads) thread.join();
      if (missing) WARN("SKIPPED: no loop on " << name(backend));
      CHECK((missing || done == 2));
    }
  }
}
