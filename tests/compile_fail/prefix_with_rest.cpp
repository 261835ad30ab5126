// expect: gyre_error_prefix_must_not_have_a_rest_placeholder
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.group<"/files/{path...}">();
}
