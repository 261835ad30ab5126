// expect: gyre_error_prefix_with_placeholders_is_a_template_argument_as_in_group_of_prefix
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.group("/orgs/{org}").get("", [](Path<int> org) { return std::to_string(*org); });
}
