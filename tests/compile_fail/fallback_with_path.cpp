// expect: a fallback has no pattern, so its handler has no gyre::Path parameter
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.not_found([](Path<int> id) { return std::to_string(*id); });
}
