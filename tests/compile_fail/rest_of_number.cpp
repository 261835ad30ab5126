// expect: gyre_error_pattern_rest_placeholder_needs_a_Path_of_text
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/files/{path...}", [](Path<int>) { return ""; });
}
