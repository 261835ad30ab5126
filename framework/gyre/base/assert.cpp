#include <gyre/base/assert.hpp>

#include <cstdio>
#include <cstdlib>

namespace gyre::detail {

void assert_failed(const char* expression, const char* file, unsigned line) noexcept {
  std::fprintf(stderr, "gyre: broken invariant: %s (%s:%u)\n", expression, file, line);
  std::abort();
}

}  // namespace gyre::detail
