// expect: gyre: a middleware is a gyre::Task<gyre::Response>.*callable as const
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use([hits = 0](Request& request, Next next) mutable {
    ++hits;
    return next(request);
  });
}
