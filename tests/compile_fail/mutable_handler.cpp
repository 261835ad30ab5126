// expect: gyre: every loop calls the handler at once, so it must be callable as const
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/", [hits = 0]() mutable { return std::to_string(++hits); });
}
