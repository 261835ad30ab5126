// expect: gyre_error_pattern_placeholder_has_no_name
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users/{}", [](Path<int>) { return ""; });
}
