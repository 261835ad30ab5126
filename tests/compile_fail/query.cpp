// expect: gyre_error_pattern_must_not_have_a_query_or_fragment
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users?page=1", [] { return ""; });
}
