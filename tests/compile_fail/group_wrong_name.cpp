// expect: gyre_error_pattern_placeholder_has_another_name_than_the_Path_parameter_in_its_place
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  auto org = router.group<"/orgs/{org}">();
  org.group("/users").get(
      "/{user}", [](Path<int, "user"> user, Path<int, "org"> org_id) { return std::to_string(*user + *org_id); });
}
