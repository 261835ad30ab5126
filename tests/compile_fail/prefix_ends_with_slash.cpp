// expect: gyre_error_prefix_must_not_end_with_a_slash
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.group("/api/").get("/users", [] { return "users"; });
}
