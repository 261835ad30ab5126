// expect: gyre: a middleware is a gyre::Task<gyre::Response>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use([](Request&, Next) { return Response{"too simple"}; });
}
