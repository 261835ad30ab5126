#pragma once

#include <gyre/base/callback.hpp>

#include <cstdint>

namespace gyre::testing {

/// Calls `attempt` with 1, 2, 3, ... until it says that nothing failed any more (false). Returns how often something
/// did. What it throws passes through, after a line on standard error: "failed with `what` number N failing".
std::uint64_t repeat_until_none_fails(const char* what, const Callback<bool(std::uint64_t number)>& attempt);

}  // namespace gyre::testing
