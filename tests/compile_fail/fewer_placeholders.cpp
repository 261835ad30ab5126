// expect: gyre_error_pattern_has_fewer_placeholders_than_the_handler_has_Path_parameters
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/users/{id}", [](Path<int> id, Path<int> extra) { return *id == *extra ? "same" : "other"; });
}
