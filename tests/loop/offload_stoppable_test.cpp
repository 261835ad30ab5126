#include <gyre/coro/event.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/loop/offload_stoppable.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <latch>
#include <memory>
#include <stdexcept>
#include <string>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;
using loop_test::for_each_real_loop;

namespace {

/// Blocks a thread until the token fires.
void wait_for(const std::stop_token& stop) {
  std::latch stopped{1};
  const std::stop_callback callback{stop, [&stopped] { stopped.count_down(); }};
  stopped.wait();
}

}  // namespace

TEST_CASE("offloaded work gets a token before its arguments", "[loop][offload]") {
  for_each_loop([](Loop& loop) {
    loop.run([]() -> Task<> {
      auto join = [](const std::stop_token& stop, const std::string& text, std::unique_ptr<int>& number) {
        return stop.stop_possible() && !stop.stop_requested() ? text + std::to_string(*number) : std::string{};
      };
      const std::string text = co_await offload(join, std::string{"value "}, std::make_unique<int>(7));
      CHECK(text == "value 7");
      co_await offload([](std::stop_token) {});
      const bool plain = co_await offload([] { return true; });
      CHECK(plain);
      bool threw = false;
      try {
        co_await offload([](const std::stop_token&) { throw std::runtime_error{"blocked"}; });
      } catch (const std::runtime_error&) {
        threw = true;
      }
      CHECK(threw);
    }());
  });
}

TEST_CASE("a cancellation stops offloaded work; what it returns or throws wins", "[loop][offload][cancel]") {
  for_each_real_loop([](Loop& loop) {
    enum class End { value, failure, cancelled };
    for (const End end : {End::value, End::failure, End::cancelled}) {
      auto body = [](End how) -> Task<std::string> {
        std::latch running{1};
        std::string text;
        auto work = [](std::latch* started, End ending, std::string* said) -> Task<> {
          auto block = [](const std::stop_token& stop, std::latch* ready, End which) {
            ready->count_down();
            wait_for(stop);
            if (which == End::failure) throw std::runtime_error{"blocked"};
            if (which == End::cancelled) throw Cancelled{};
            return 5;
          };
          try {
            const int value = co_await offload(block, started, ending);
            *said = std::to_string(value);
          } catch (const std::runtime_error& failure) {
            *said = failure.what();
          } catch (const Cancelled&) {
            *said = "Cancelled";
          }
          try {
            co_await sleep_for(0ms);
          } catch (const Cancelled&) {
            *said += ", then cancelled";
          }
        };
        Scope scope{co_await this_context()};
        scope.spawn(work(&running, how, &text));
        running.wait();
        scope.cancel(CancelReason::client_gone);
        co_await scope.join();
        co_return text;
      };
      const std::string text = loop.run(body(end));
      const char* expected = end == End::value ? "5" : end == End::failure ? "blocked" : "Cancelled";
      CHECK(text == std::string{expected} + ", then cancelled");
    }
  });
}

TEST_CASE("a deadline stops offloaded work", "[loop][offload][cancel]") {
  for_each_real_loop([](Loop& loop) {
    loop.run([]() -> Task<> {
      auto block = [](const std::stop_token& stop) {
        wait_for(stop);
        throw Cancelled{};
      };
      const Result<void> result = co_await within(2ms, offload(block));
      REQUIRE_FALSE(result.has_value());
      CHECK(result.error() == Errc::timed_out);
    }());
  });
}

TEST_CASE("stoppable work that no thread has taken never runs when it is cancelled", "[loop][offload][cancel]") {
  for_each_loop([](Loop& loop) {
    bool ran = false;
    bool cancelled = false;
    loop.run([](bool* seen, bool* unwound) -> Task<> {
      Context& context = co_await this_context();
      const bool threads = Loop::of(context).backend() != Backend::sim;
      auto run = [](bool* touched, bool* met) -> Task<> {
        try {
          co_await offload([](const std::stop_token&, bool* flag) { *flag = true; }, touched);
        } catch (const Cancelled&) {
          *met = true;
        }
      };
      Scope scope{context};
      if (threads) scope.cancel();  // before: else a thread may be quicker
      scope.spawn(run(seen, unwound));
      if (!threads) scope.cancel();
      co_await scope.join();
    }(&ran, &cancelled));
    CHECK_FALSE(ran);
    CHECK(cancelled);
  });
}
