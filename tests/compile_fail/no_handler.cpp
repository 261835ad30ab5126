// expect: gyre: the handler's parameters cannot be inspected
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", "text");
}
