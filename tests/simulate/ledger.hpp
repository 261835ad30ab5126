#pragma once

#include <gyre/coro/channel.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/coro/semaphore.hpp>

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
  void begin(const RequestName& name) {
    ++at_work_;
    if (!begun_.emplace(name, true).second) blame("a request was handled twice");
  }
  void end() noexcept { --at_work_; }

  bool handled(const RequestName& name) const { return begun_.contains(name); }
  std::size_t handled_count() const noexcept { return begun_.size(); }
  int at_work() const noexcept { return at_work_; }

  void blame(std::string_view what) {
    if (fault_.empty()) fault_ = what;
  }
  const std::string& fault() const noexcept { return fault_; }

  Semaphore permits{2};
  Mutex mutex;
  Channel<unsigned> channel{2};
  int inside = 0;  ///< Of what `mutex` protects.

 private:
  std::map<RequestName, bool> begun_;
  int at_work_ = 0;
  std::string fault_;
};

/// The ledger of the schedule that runs: routes are made once, for all schedules.
inline Ledger* ledger = nullptr;

/// A handler at work, from its first line until its frame dies.
class AtWork {
 public:
  explicit AtWork(const RequestName& name) : ledger_(ledger) { ledger_->begin(name); }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() { ledger_->end(); }

 private:
  Ledger* ledger_;
};

}  // namespace gyre::simulate
