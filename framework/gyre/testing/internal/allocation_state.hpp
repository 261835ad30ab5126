#pragma once

#include <cstddef>
#include <cstdint>

namespace gyre::testing::internal {

/// What the calling thread wants to know of its allocations.
struct AllocationState {
  std::uint64_t counters;  ///< Who counts.
  std::uint64_t count;     ///< Allocations so far while somebody does.
  std::uint64_t fail_in;   ///< The allocation that fails, counted from 1; 0 for none.
  volatile bool
      counted_already;  ///< Inside `operator new`, which asks `malloc`. Compilers believe that malloc does not look.
};

// Constant-initialised: malloc is called before any constructor has run.
extern constinit thread_local AllocationState allocation_state;

/// Counts an allocation. False if it has to fail.
bool may_allocate() noexcept;

}  // namespace gyre::testing::internal
