#pragma once

// g++ before 12.3 compiles ordinary coroutine code into double frees (temporaries in a co_await expression are
// destroyed twice). gyre's own code stays clear of the patterns; code that uses gyre may not. docs/compilers.md lists
// them.
//
// Said as a deprecation, because -Wpedantic -Werror makes an error of `#warning` that no option of g++ 12 turns off.
#if defined(__GNUC__) && !defined(__clang__)
#if __GNUC__ < 12 || (__GNUC__ == 12 && __GNUC_MINOR__ < 3)
namespace gyre::detail {
[[deprecated("gyre: this g++ miscompiles some coroutines; see docs/compilers.md, or build with clang 19")]]
inline constexpr bool this_compiler = true;
static_assert(this_compiler);
}  // namespace gyre::detail
#endif
#endif
