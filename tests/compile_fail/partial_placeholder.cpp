// expect: gyre_error_pattern_placeholder_must_be_a_whole_segment
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users/{id}.json", [](Path<int>) { return ""; });
}
