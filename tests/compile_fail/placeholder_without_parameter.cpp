// expect: gyre_error_pattern_has_more_placeholders_than_the_handler_has_Path_parameters
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.post("/users/{id}", [] { return "nobody asked for the id"; });
}
