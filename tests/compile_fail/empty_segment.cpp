// expect: gyre_error_pattern_must_not_have_an_empty_segment_but_at_the_end
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/a//b", [] { return ""; });
}
