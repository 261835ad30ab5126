// expect: gyre: Path<T>: no path segment can be read as T; give T a static from_segment
#include <gyre/web/router.hpp>

using namespace gyre;

struct Point {
  int x;
  int y;
};

int main() {
  Router router;
  router.get("/{point}", [](Path<Point> point) { return std::to_string(point->x); });
}
