#pragma once

#include <gyre/coro/channel.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/coro/semaphore.hpp>
#include <gyre/loop/loop.hpp>

#include <map>
#include <string>
#include <utility>

namespace gyre::simulate {

/// Which request it was: the visitor that sent it, and its place among the visitor's.
struct RequestName {
  unsigned visitor = 0;
  unsigned index = 0;
  auto operator<=>(const RequestName&) const = default;
};

/// What the handlers of one schedule have done, and what they share.
class Ledger {
 public:
  explicit Ledger(const Loop& loop) noexcept : loop_(&loop) {}

  void begin(const RequestName& name) {
    ++at_work_;
    if (!ended_.emplace(name, time_never).second) blame("a request was handled twice");
  }
  void end(const RequestName& name) noexcept {
    --at_work_;
    ended_.find(name)->second = loop_->now();
  }

  std::size_t handled_count() const noexcept { return ended_.size(); }
  int at_work() const noexcept { return at_work_; }
  /// When the handler of a request ended; the beginning of time if it was never called.
  TimePoint end_of(const RequestName& name) const {
    const auto found = ended_.find(name);
    return found == ended_.end() ? TimePoint{} : found->second;
  }

  void blame(std::string_view what) {
    if (fault_.empty()) fault_ = what;
  }
  const std::string& fault() const noexcept { return fault_; }

  Semaphore permits{2};
  Mutex mutex;
  Channel<unsigned> channel{2};
  bool exact_time = true;  ///< Timers fire at their instant.
  int inside = 0;          ///< Of what `mutex` protects.

 private:
  const Loop* loop_;
  std::map<RequestName, TimePoint> ended_;
  int at_work_ = 0;
  std::string fault_;
};

/// The ledger of the schedule that runs: routes are made once, for all schedules.
inline Ledger* ledger = nullptr;

/// A handler at work, from its first line until its frame dies.
class AtWork {
 public:
  explicit AtWork(const RequestName& name) : ledger_(ledger), name_(name) { ledger_->begin(name); }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() { ledger_->end(name_); }

 private:
  Ledger* ledger_;
  RequestName name_;
};

}  // namespace gyre::simulate
