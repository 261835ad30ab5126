// expect: gyre_error_pattern_rest_placeholder_must_be_last
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/{path...}/info", [](Path<std::string>) { return ""; });
}
