#pragma once

namespace gyre::detail {

/// Prints the broken invariant with its place and aborts. Never returns.
[[noreturn]] void assert_failed(const char* expression, const char* file, unsigned line) noexcept;

}  // namespace gyre::detail

/// Checks an invariant of gyre itself, in release builds too: a broken one means memory may already be wrong,
/// and a crash with a line is worth more than a wrong answer. Internal: not part of the API. For checks whose
/// cost is a compare; never for what a peer or a user can cause.
#define GYRE_ASSERT(expression) \
  (__builtin_expect(!!(expression), 1) ? (void)0 : ::gyre::detail::assert_failed(#expression, __FILE__, __LINE__))
