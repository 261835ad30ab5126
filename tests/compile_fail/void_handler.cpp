// expect: gyre: a handler returns text.*void is none of them
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", [] {});
}
