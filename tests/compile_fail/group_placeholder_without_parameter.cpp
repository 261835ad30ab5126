// expect: gyre_error_pattern_has_more_placeholders_than_the_handler_has_Path_parameters
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.group<"/orgs/{org}">().get("/users/{user}", [](Path<int> user) { return std::to_string(*user); });
}
