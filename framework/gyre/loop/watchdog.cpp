#include <gyre/loop/watchdog.hpp>

#include <gyre/loop/internal/clock.hpp>
#include <gyre/loop/loop.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace gyre {
namespace {

std::string_view text_or_empty(const char* label) noexcept {
  return label != nullptr ? std::string_view{label} : std::string_view{};
}

/// What is known of one loop.
struct Watched {
  const Loop* loop;
  unsigned number;
  std::optional<TimePoint> reported = {};  ///< The beginning of the turn that was reported and is not known to be over.
  const char* label = nullptr;             ///< What ran in it then.

  std::optional<BlockedLoop> look(TimePoint now, Duration threshold) noexcept {
    const std::optional<TimePoint> began = loop->turn_began();
    if (reported && began != reported) {
      const Duration length = now - *reported;
      reported.reset();
      return BlockedLoop{BlockedLoop::Stage::freed, number, length, text_or_empty(label)};
    }
    if (reported || !began || now - *began < threshold) return std::nullopt;
    const char* const running = loop->running();
    if (loop->turn_began() != began) return std::nullopt;  // it went on meanwhile: the label is another turn's
    reported = began;
    label = running;
    return BlockedLoop{BlockedLoop::Stage::blocked, number, now - *began, text_or_empty(label)};
  }
};

}  // namespace

struct Watchdog::State {
  Duration threshold;
  Callback<void(const BlockedLoop&)> report;
  std::atomic<std::uint64_t> blocked_turns{0};

  std::mutex mutex;
  std::vector<Watched> loops;
  std::condition_variable changed;
  bool ending = false;
  std::thread thread;

  Duration interval() const noexcept {
    return std::clamp<Duration>(threshold / 4, std::chrono::milliseconds{1}, std::chrono::hours{1});
  }
  void work(Watchdog& owner) {
    std::unique_lock lock{mutex};
    while (!changed.wait_for(lock, interval(), [this] { return ending; })) {
      lock.unlock();
      owner.sample(detail::monotonic_now());
      lock.lock();
    }
  }
};

Watchdog::Watchdog(Duration threshold, Callback<void(const BlockedLoop&)> report) : state_(std::make_unique<State>()) {
  state_->threshold = threshold;
  state_->report = std::move(report);
}

Watchdog::~Watchdog() {
  if (!state_->thread.joinable()) return;
  {
    const std::lock_guard lock{state_->mutex};
    state_->ending = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void Watchdog::watch(const Loop& loop, unsigned number) {
  const std::lock_guard lock{state_->mutex};
  state_->loops.push_back({.loop = &loop, .number = number});
}

void Watchdog::forget(const Loop& loop) noexcept {
  const std::lock_guard lock{state_->mutex};
  std::erase_if(state_->loops, [&](const Watched& watched) { return watched.loop == &loop; });
}

// A thread starts with the mask of the one that makes it. The program's signals are not for this one to handle.
void Watchdog::start() {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    state_->thread = std::thread{[this] { state_->work(*this); }};
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// Reports without the lock: a log's sink may take its time, and loops that end must not wait for it.
void Watchdog::sample(TimePoint now) {
  std::vector<BlockedLoop> reports;
  {
    const std::lock_guard lock{state_->mutex};
    for (Watched& watched : state_->loops) {
      if (const std::optional<BlockedLoop> found = watched.look(now, state_->threshold)) reports.push_back(*found);
    }
  }
  for (const BlockedLoop& each : reports) {
    if (each.stage == BlockedLoop::Stage::blocked) state_->blocked_turns.fetch_add(1, std::memory_order_relaxed);
    try {
      state_->report(each);
    } catch (...) {
    }
  }
}

std::uint64_t Watchdog::blocked_turns() const noexcept { return state_->blocked_turns.load(std::memory_order_relaxed); }

}  // namespace gyre
