// expect: gyre_error_pattern_must_not_have_dot_segments
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/a/../b", [] { return ""; });
}
