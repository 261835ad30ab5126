#pragma once

#include <gyre/base/callback.hpp>

#include <cstdint>
#include <optional>

namespace gyre::testing {

/// The seed in the environment variable GYRE_SEED, with which a run that failed is repeated. Throws `TestFailure` if it
/// is no number.
std::optional<std::uint64_t> given_seed();

/// Calls `body` with the seeds 1 to `count`, or with that of GYRE_SEED alone. What it throws passes through, after a
/// line on standard error that says which seed repeats it.
void for_each_seed(std::uint64_t count, const Callback<void(std::uint64_t seed)>& body);

}  // namespace gyre::testing
