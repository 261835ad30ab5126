// expect: gyre_error_pattern_has_unbalanced_braces
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users/{id", [](Path<int>) { return ""; });
}
