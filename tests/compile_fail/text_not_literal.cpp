// expect: consteval|constant expression
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  std::string path = "/late";
  router.get(path, [] { return "only gyre::runtime(path) can be checked late"; });
}
