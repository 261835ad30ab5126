#pragma once

#include <gyre/coro/task.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

namespace coro_test {

#if defined(GYRE_SANITIZING)
inline constexpr int deep = 100'000;  // every frame costs a sanitizer several times its size
#else
inline constexpr int deep = 1'000'000;
#endif

/// Runs what is scheduled when the test says so, one piece at a time.
class ManualExecutor final : public gyre::Executor {
 public:
  ManualExecutor() : Executor(Kind::blocking) {}

  gyre::TimePoint now() const noexcept override { return time; }
  void schedule(gyre::Work& work) noexcept override { queue_.push(work); }
  void post(gyre::Work& work) noexcept override { schedule(work); }

  bool idle() const noexcept { return queue_.empty(); }
  void run_one() {
    gyre::Work& work = queue_.pop();
    work.run(work);
  }
  void run() {
    while (!queue_.empty()) run_one();
  }

  gyre::TimePoint time{};

 private:
  gyre::WorkQueue queue_;
};

/// A task that the test started: hears of its end and keeps it.
template <class T>
class Started : gyre::TaskObserver {
 public:
  Started(gyre::Context& context, gyre::Task<T> task) : TaskObserver(&Started::on_end), task_(std::move(task)) {
    task_.start(context, *this);
  }
  bool done() const { return ends_ == 1 && task_.done(); }
  int ends() const { return ends_; }
  T result() { return task_.result(); }
  /// True if the task ended with `Cancelled`.
  bool cancelled() const { return done() && gyre::detail::is_cancelled(task_.failure()); }

 private:
  static void on_end(TaskObserver& self) noexcept { ++static_cast<Started&>(self).ends_; }

  gyre::Task<T> task_;
  int ends_ = 0;
};
template <class T>
Started(gyre::Context&, gyre::Task<T>) -> Started<T>;

/// Knows which of its objects are alive: sees leaks, double destruction and use after the end, also of objects that a
/// compiler copied bitwise. For one thread.
class Tracked {
 public:
  explicit Tracked(int value) : value_(value) { arrive(); }
  Tracked(const Tracked& other) : value_(other.get()) { arrive(); }
  Tracked(Tracked&& other) noexcept : value_(other.get()) {
    arrive();
    other.value_ = -1;
  }
  Tracked& operator=(const Tracked& other) {
    value_ = other.get();
    return *this;
  }
  Tracked& operator=(Tracked&& other) noexcept {
    value_ = other.get();
    return *this;
  }
  ~Tracked() {
    if (alive().erase(this) == 0) ++faults_;
  }
  int get() const {
    if (!alive().contains(this)) ++faults_;
    return value_;
  }

  static std::size_t living() { return alive().size(); }
  /// To be asked at the end of a test: nothing lives, nothing was destroyed or used wrongly. Starts anew.
  static bool all_well() {
    const bool well = alive().empty() && faults_ == 0;
    alive().clear();
    faults_ = 0;
    return well;
  }

 private:
  static std::set<const void*>& alive() {
    static std::set<const void*> objects;
    return objects;
  }
  void arrive() {
    if (!alive().insert(this).second) ++faults_;
  }
  static inline int faults_ = 0;
  int value_;
};

/// How far apart the native stack was at the places that called `note`.
class StackRange {
 public:
  [[gnu::noinline]] void note() {
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    low_ = std::min(low_, here);
    high_ = std::max(high_, here);
  }
  std::size_t bytes() const { return high_ - low_; }

 private:
  std::uintptr_t low_ = UINTPTR_MAX;
  std::uintptr_t high_ = 0;
};

/// More than one trip through the trampoline needs, less than the smallest frames of a deep recursion would add up to.
inline constexpr std::size_t flat = 16 * 1024;

}  // namespace coro_test
