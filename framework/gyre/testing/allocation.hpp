#pragma once

#include <gyre/base/callback.hpp>

#include <cstdint>

// For test programs that also link the library gyre_testing_allocation: it replaces `operator new` and `operator
// delete`, and `malloc`, `calloc` and `realloc` where no sanitizer has done so. Only what a thread asks for below is
// counted or fails; what a simulated kernel takes for itself (`SimLoop`) is left out.

namespace gyre::testing {

/// Counts the allocations of the calling thread from its construction on: "this handler allocates nothing". Under a
/// sanitizer those with `new` alone, which leaves out coroutine frames.
class AllocationCount {
 public:
  AllocationCount() noexcept;
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;
  ~AllocationCount();

  /// How many there have been so far. On the thread that made it.
  std::uint64_t count() const noexcept;

 private:
  std::uint64_t before_;
};

/// In which part of a scenario an allocation fails. One thread.
class AllocationFault {
 public:
  /// The allocation with this number fails, counted from 1 between `begin` and `end`.
  explicit AllocationFault(std::uint64_t number) noexcept : left_(number) {}
  AllocationFault(const AllocationFault&) = delete;
  AllocationFault& operator=(const AllocationFault&) = delete;
  ~AllocationFault() { end(); }

  /// From here on the allocations of the calling thread count, those of everything else that runs on it included.
  void begin() noexcept;
  /// Up to here. May begin again.
  void end() noexcept;
  /// Whether one has failed.
  bool failed() const noexcept;

 private:
  std::uint64_t left_;
  bool failed_ = false;
  bool active_ = false;
};

/// Runs `scenario` again and again: in its first run the first allocation fails, in its second the second, until a run
/// needs fewer. Returns how many runs had a failing one.
///
///     fail_each_allocation([&](AllocationFault& fault) {
///       run(app, [&](Client& client) -> Task<> {
///         Connection connection = co_await client.connect();
///         fault.begin();
///         ...
///         fault.end();
///       });
///     });
///
/// The scenario says what has to hold in every run, outside of `begin` and `end`. A `std::bad_alloc` that leaves it is
/// one of the possible outcomes; whatever else it throws passes through after a line on standard error that says which
/// allocation had failed.
std::uint64_t fail_each_allocation(const Callback<void(AllocationFault& fault)>& scenario);

}  // namespace gyre::testing
