// expect: gyre: a callback middleware returns void
#include <gyre/compat/callback_middleware.hpp>
#include <gyre/web/router.hpp>

using namespace gyre;

int main() {
  Router router;
  router.use(callback_middleware([](const Request&, Responder, NextCallback) { return true; }));
}
