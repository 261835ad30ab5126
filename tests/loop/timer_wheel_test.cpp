#include <gyre/loop/timer.hpp>

#include "each_loop.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <memory>
#include <random>

using namespace std::chrono_literals;
using gyre::Duration;
using gyre::TimePoint;
using gyre::Timer;
using gyre::TimerWheel;

namespace {

/// A timer that notes when the wheel's clock fired it, and may do something then.
struct Noting : Timer {
  explicit Noting(const TimePoint& clock) : Timer(&Noting::fire), now(&clock) {}
  static void fire(Timer& timer) noexcept {
    auto& self = static_cast<Noting&>(timer);
    self.fired.push_back(*self.now);
    if (self.then) self.then();
  }
  const TimePoint* now;
  bool for_the_past = false;
  std::vector<TimePoint> fired;
  std::function<void()> then;
};

/// The first tick that does not begin before `when`, as an instant.
TimePoint tick_at_or_after(TimePoint when, Duration tick) {
  const auto count = when.time_since_epoch().count();
  const auto length = tick.count();
  if (count <= 0) return TimePoint{};
  return TimePoint{Duration{(count + length - 1) / length * length}};
}

/// Random arms, moves, disarms and advances, against a sorted map.
class Versus {
 public:
  Versus(std::uint64_t seed, Duration tick) : random_(seed), tick_(tick), wheel_(tick) {
    for (int count = 0; count < 60; ++count) {
      timers_.push_back(std::make_unique<Noting>(now_));
      Noting& timer = *timers_.back();
      timer.then = [this, &timer] { on_fire(timer); };
    }
  }

  void run(int steps) {
    for (int step = 0; step < steps && failure_.empty(); ++step) {
      switch (random_() % 8) {
        case 0: disarm(pick()); break;
        case 1: advance(next_instant()); break;
        case 2: advance(now_ + distance() / 4); break;
        default: arm(pick(), now_ + distance()); break;
      }
      check_next();
    }
    CHECK(failure_ == "");
    for (auto& timer : timers_) timer->disarm();
    CHECK(wheel_.empty());
  }

  std::size_t fired() const { return fired_; }

 private:
  Noting& pick() { return *timers_[random_() % timers_.size()]; }

  /// From nothing to centuries, every magnitude as likely; now and then into the past.
  Duration distance() {
    const unsigned bits = static_cast<unsigned>(random_() % 60);
    const auto length = static_cast<std::int64_t>(random_() & ((std::uint64_t{1} << bits) - 1));
    const auto room = (gyre::time_never - now_).count() / 2;
    const auto bounded = std::min<std::int64_t>(length, room);
    return Duration{random_() % 16 == 0 ? -bounded / 2 : bounded};
  }

  TimePoint next_instant() {
    const TimePoint next = wheel_.next();
    return next == gyre::time_never ? now_ : std::max(next, now_);
  }

  /// Where the timer stands in the reference.
  std::multimap<TimePoint, Noting*>::iterator find(const Noting& timer) {
    auto each = reference_.begin();
    while (each != reference_.end() && each->second != &timer) ++each;
    return each;
  }

  void forget(const Noting& timer) {
    if (const auto found = find(timer); found != reference_.end()) reference_.erase(found);
  }

  void arm(Noting& timer, TimePoint when) {
    forget(timer);
    reference_.emplace(when, &timer);
    wheel_.arm(timer, when);
    timer.for_the_past = when <= now_;
    if (!timer.armed() || timer.when() != when) fail("arm() did not");
  }

  void disarm(Noting& timer) {
    forget(timer);
    timer.disarm();
  }

  void on_fire(Noting& timer) {
    ++fired_;
    const TimePoint tick = tick_at_or_after(timer.when(), tick_);
    if (timer.armed()) fail("fired while armed");
    if (tick > now_) fail("fired early");
    const auto found = find(timer);
    if (found == reference_.end() || found->first != timer.when()) fail("fired without being armed");
    forget(timer);
    for (const auto& [when, other] : reference_) {
      const bool before = tick_at_or_after(when, tick_) < tick;
      if (before && !other->for_the_past && !timer.for_the_past) fail("fired out of order");
    }
    // What handlers do: arm themselves or others anew, disarm others.
    switch (random_() % 6) {
      case 0: arm(timer, now_ + distance()); break;
      case 1: arm(pick(), now_ + distance()); break;
      case 2: disarm(pick()); break;
      default: break;
    }
  }

  void advance(TimePoint to) {
    now_ = std::max(now_, to);
    std::map<Noting*, TimePoint> due;
    for (const auto& [when, timer] : reference_) {
      if (tick_at_or_after(when, tick_) <= now_) due[timer] = when;
    }
    wheel_.advance(now_);
    for (const auto& [timer, when] : due) {
      if (timer->armed() && timer->when() == when && timer->fired.empty()) fail("due and not fired");
    }
    for (auto& timer : timers_) timer->fired.clear();
  }

  void check_next() {
    const TimePoint next = wheel_.next();
    if (wheel_.empty() != reference_.empty()) fail("empty() is wrong");
    if (reference_.empty()) {
      if (next != gyre::time_never) fail("next() without timers");
    } else if (next > std::max(tick_at_or_after(reference_.begin()->first, tick_), now_)) {
      fail("next() is later than the first expiry");
    }
  }

  /// Not at once: a failed assertion throws, and a timer's handler must not.
  void fail(const char* what) {
    if (failure_.empty()) failure_ = what;
  }

  std::mt19937_64 random_;
  Duration tick_;
  TimerWheel wheel_;
  TimePoint now_{};
  std::size_t fired_ = 0;
  std::string failure_;
  std::vector<std::unique_ptr<Noting>> timers_;
  std::multimap<TimePoint, Noting*> reference_;
};

}  // namespace

TEST_CASE("a timer wheel fires what a sorted map would", "[loop][timer]") {
  for (const Duration tick : {Duration{1}, Duration{1000}, Duration{1ms}, Duration{7}}) {
    for (const std::uint64_t seed : loop_test::seeds(40)) {
      INFO("GYRE_SEED=" << seed << ", tick " << tick.count() << " ns");
      Versus versus{seed, tick};
      versus.run(1500);
      CHECK(versus.fired() > 0);
    }
  }
}

TEST_CASE("a timer fires in the first tick that does not begin before its instant", "[loop][timer]") {
  TimePoint now{};
  TimerWheel wheel{1ms};
  Noting timer{now};
  wheel.arm(timer, TimePoint{1ms + 1ns});
  CHECK(wheel.next() == TimePoint{2ms});
  now = TimePoint{2ms - 1ns};
  wheel.advance(now);
  CHECK(timer.fired.empty());
  now = TimePoint{2ms};
  wheel.advance(now);
  CHECK(timer.fired.size() == 1);
  CHECK(wheel.empty());
  CHECK(wheel.next() == gyre::time_never);
}

TEST_CASE("a timer on a tick's boundary fires in that tick", "[loop][timer]") {
  TimePoint now{5ms};
  TimerWheel wheel{1ms};
  wheel.advance(now);
  Noting timer{now};
  wheel.arm(timer, TimePoint{6ms});
  now = TimePoint{6ms};
  wheel.advance(now);
  CHECK(timer.fired.size() == 1);
}

TEST_CASE("what is due beyond a limit fires in the next calls, in its order", "[loop][timer]") {
  struct Numbered : Timer {
    Numbered(int which, std::vector<int>& list) : Timer(&Numbered::fire), number(which), order(&list) {}
    static void fire(Timer& timer) noexcept {
      auto& self = static_cast<Numbered&>(timer);
      self.order->push_back(self.number);
    }
    int number;
    std::vector<int>* order;
  };
  TimerWheel wheel{1ms};
  std::vector<int> order;
  std::vector<std::unique_ptr<Numbered>> timers;
  for (int number = 0; number < 7; ++number) {
    timers.push_back(std::make_unique<Numbered>(number, order));
    wheel.arm(*timers.back(), TimePoint{number < 5 ? 3ms : 4ms});
  }
  const TimePoint now{9ms};
  wheel.advance(now, 2);
  CHECK(order == std::vector<int>{0, 1});
  CHECK(wheel.next() <= now);
  Numbered late{7, order};
  wheel.arm(late, TimePoint{1ms});  // behind those that wait
  timers[3]->disarm();
  wheel.advance(now, 2);
  CHECK(order == std::vector<int>{0, 1, 2, 4});
  CHECK(wheel.next() <= now);
  wheel.advance(now, 2);
  CHECK(order == std::vector<int>{0, 1, 2, 4, 7, 5});
  wheel.advance(now, 2);
  CHECK(order == std::vector<int>{0, 1, 2, 4, 7, 5, 6});
  CHECK(wheel.empty());
}

TEST_CASE("timers of one tick fire in the order of arming", "[loop][timer]") {
  TimePoint now{};
  TimerWheel wheel{Duration{1}};
  std::vector<int> order;
  std::vector<std::unique_ptr<Noting>> timers;
  for (int index = 0; index < 5; ++index) {
    timers.push_back(std::make_unique<Noting>(now));
    timers.back()->then = [&order, index] { order.push_back(index); };
    wheel.arm(*timers.back(), TimePoint{1000000ns});
  }
  now = TimePoint{1s};
  wheel.advance(now);
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("a timer for the past fires at the next advance, one for never does not", "[loop][timer]") {
  TimePoint now{10s};
  TimerWheel wheel{1ms};
  wheel.advance(now);
  Noting past{now};
  Noting never{now};
  wheel.arm(past, TimePoint{3s});
  wheel.arm(never, gyre::time_never);
  CHECK_FALSE(never.armed());
  CHECK(wheel.next() <= now);
  wheel.advance(now);
  CHECK(past.fired.size() == 1);
  CHECK(wheel.empty());
}

TEST_CASE("a handler that arms its timer for now is called again in a later advance", "[loop][timer]") {
  TimePoint now{1s};
  TimerWheel wheel{1ms};
  Noting timer{now};
  timer.then = [&] {
    if (timer.fired.size() < 3) wheel.arm(timer, now);
  };
  wheel.arm(timer, now);
  for (int count = 0; count < 5; ++count) wheel.advance(now);
  CHECK(timer.fired.size() == 3);
}

TEST_CASE("a timer that is destroyed, or disarmed by another one of its tick, does not fire", "[loop][timer]") {
  TimePoint now{};
  TimerWheel wheel{1ms};
  Noting first{now};
  auto second = std::make_unique<Noting>(now);
  Noting third{now};
  first.then = [&] {
    second.reset();
    third.disarm();
  };
  wheel.arm(first, TimePoint{5ms});
  wheel.arm(*second, TimePoint{5ms});
  wheel.arm(third, TimePoint{5ms});
  now = TimePoint{5ms};
  wheel.advance(now);
  CHECK(first.fired.size() == 1);
  CHECK(third.fired.empty());
  CHECK(wheel.empty());
}

TEST_CASE("a wheel holds timers of the far future", "[loop][timer]") {
  TimePoint now{};
  TimerWheel wheel{Duration{1}};
  Noting far{now};
  Noting last{now};
  const TimePoint century = TimePoint{24h * 365 * 100};
  wheel.arm(far, century);
  wheel.arm(last, gyre::time_never - 1ns);
  int rounds = 0;
  while (last.armed() && ++rounds < 100) {
    now = wheel.next();
    wheel.advance(now);
  }
  REQUIRE(far.fired.size() == 1);
  CHECK(far.fired[0] == century);
  REQUIRE(last.fired.size() == 1);
  CHECK(last.fired[0] == gyre::time_never - 1ns);
  CHECK(rounds <= 2 * 11 + 2);
}
