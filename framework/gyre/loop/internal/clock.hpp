#pragma once

#include <gyre/base/time.hpp>

#include <cstdint>

namespace gyre::detail {

/// CLOCK_MONOTONIC. The one place where a real loop reads the time.
TimePoint monotonic_now() noexcept;

/// CLOCK_REALTIME, since 1970-01-01 UTC.
Duration realtime() noexcept;

/// A number from the kernel, to seed a loop's generator.
std::uint64_t system_random() noexcept;

}  // namespace gyre::detail
