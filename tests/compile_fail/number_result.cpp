// expect: gyre: a handler returns text
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", [] { return 404; });
}
