#pragma once

#include <gyre/base/callback.hpp>
#include <gyre/base/time.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace gyre {

class Loop;

/// A loop that stays in one turn for too long: a handler or another piece of work blocks it, and everything else on
/// this loop waits.
struct BlockedLoop {
  enum class Stage : std::uint8_t {
    blocked,  ///< It still is.
    freed,    ///< It was, and goes on.
  };
  Stage stage;
  unsigned loop;           ///< The number given to `Watchdog::watch`.
  Duration length;         ///< So far; when it is freed, until it was seen to be.
  std::string_view label;  ///< What ran (see `Context::label`); empty if that is not known. Lives as the label does.
};

/// Watches loops from a thread of its own and reports each turn that takes `threshold` or longer: once while it lasts,
/// and once when it is over. It looks four times in each `threshold`, so a report comes at most that much later. A loop
/// pays two stores per turn, and a store before and after what has a name.
class Watchdog {
 public:
  /// `report` is called by whoever samples: on the watchdog's thread once that is started. What it throws is dropped.
  Watchdog(Duration threshold, Callback<void(const BlockedLoop&)> report);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  /// Ends its thread; waits for a report that is being made.
  ~Watchdog();

  /// From any thread. The loop stays alive until it is taken out with `forget`.
  void watch(const Loop& loop, unsigned number);
  void forget(const Loop& loop) noexcept;

  /// Begins to watch, with a thread in which every signal is blocked. Once. Throws `std::system_error` if there is no
  /// thread to be had.
  void start();

  /// Looks once at every loop, with this time for now. For tests; the thread does it by itself.
  void sample(TimePoint now);

  /// Turns that took too long, so far. From any thread.
  std::uint64_t blocked_turns() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gyre
