#include <gyre/testing/repeat.hpp>

#include <cinttypes>
#include <cstdio>

namespace gyre::testing {

std::uint64_t repeat_until_none_fails(const char* what, const Callback<bool(std::uint64_t number)>& attempt) {
  for (std::uint64_t number = 1;; ++number) {
    try {
      const bool failed = attempt(number);
      if (!failed) return number - 1;
    } catch (...) {
      std::fprintf(stderr, "gyre::testing: failed with %s number %" PRIu64 " failing\n", what, number);
      throw;
    }
  }
}

}  // namespace gyre::testing
