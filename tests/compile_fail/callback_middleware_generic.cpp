// expect: gyre: a callback middleware's parameters cannot be inspected
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use(callback_middleware([](const Request&, auto, auto next) { next(); }));
}
