// expect: gyre: Path<T>: no path segment can be read as T; give T a static from_segment
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.get("/{letter}", [](Path<char>) { return ""; });
}
