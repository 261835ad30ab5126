// expect: gyre_error_pattern_placeholders_are_written_in_braces_not_with_colon_or_star
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users/:id", [](Path<int>) { return ""; });
}
