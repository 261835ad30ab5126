// expect: gyre_error_pattern_must_begin_with_a_slash
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.group<"/orgs/{org}">().get("users", [](Path<int> org) { return std::to_string(*org); });
}
