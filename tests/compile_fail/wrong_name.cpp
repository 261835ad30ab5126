// expect: gyre_error_pattern_placeholder_has_another_name_than_the_Path_parameter_in_its_place
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.put("/users/{name}", [](Path<int, "id"> id) { return std::to_string(*id); });
}
